import path from 'node:path';
import type { Files } from '../files.ts';

/** What stands somewhere from which other programs make manifests. */
export interface Unrendered {
  readonly what: string;
  readonly hint: string;
}

/** Undefined where nothing is to be made. `absolute`: of a folder, or of a file that says how. */
export function unrenderedAt(absolute: string, files: Files): Unrendered | undefined {
  const names = files.isFolder(absolute) ? files.list(absolute) : [path.basename(absolute)];
  const at = files.placeOf(files.isFolder(absolute) ? absolute : path.dirname(absolute));
  if (names.includes('Chart.yaml')) return { what: 'is a chart of Helm', hint: `pipe what it makes: helm template ${at} | devgateway start -` };
  if (names.some((name) => /^(?:kustomization\.ya?ml|Kustomization)$/.test(name)))
    return { what: 'is to be built by Kustomize', hint: `pipe what it makes: kustomize build ${at} | devgateway start -` };
  return undefined;
}
