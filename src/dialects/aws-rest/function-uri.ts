import type { Setting } from '../../sources/setting.ts';

/**
 * The name of the function that a URI asks: by its ARN, or by what stands for one that is made elsewhere (`import:NAME`, an output of another
 * stack, `${name}` of a tool that fills documents in).
 */
export function functionIn(uri: string): string | undefined {
  const target = /:lambda:path\/[^/]+\/functions\/(.+)\/(?:response-streaming-)?invocations$/.exec(uri)?.[1] ?? /^\$\{\w+\}$/.exec(uri)?.[0];
  if (target === undefined) return undefined;
  if (target.startsWith('arn:')) return /:function:([^/:]+)/.exec(target)?.[1];
  return /^\$\{(\w+)\}$/.exec(target)?.[1] ?? target;
}

/** The URI of an integration or an authorizer, where `${name}` is filled in by `--var`; what is left of that is told. */
export function uriOf(uri: Setting, variables: Readonly<Record<string, string>>): string {
  const text = (uri.string() ?? '').replaceAll(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] as string) : whole,
  );
  const open = /\$\{(\w+)\}/.exec(text)?.[1];
  if (open !== undefined)
    uri.warning(
      'DG1205',
      `\${${open}} is filled in by something else before API Gateway reads this`,
      `give it by --var ${open}=VALUE; a function is called ${open} until then`,
    );
  return text;
}
