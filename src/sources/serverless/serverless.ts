import type { Source } from '../source.ts';

/** A configuration of the Serverless Framework: by its name, or by what stands at its top. */
export const isServerless = ({ basename, text }: Source): boolean =>
  /^serverless\.(?:ya?ml|json|[cm]?[jt]s)$/i.test(basename) || (/^["']?service["']?\s*:/m.test(text) && /^["']?provider["']?\s*:/m.test(text));
