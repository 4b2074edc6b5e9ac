import { proxyDefaults } from '../../model/gateway.ts';
import type { Destination } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';

/** The server behind a URI. */
export interface Endpoint {
  readonly scheme: string;
  readonly host: string;
  /** Path and query, with `{name}` placeholders. */
  readonly path: string;
}

/** Puts stage variables into a URI; one that is not set leaves nothing. */
export const withStageVariables = (uri: string, variables: Readonly<Record<string, string>>): string =>
  uri.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => (Object.hasOwn(variables, name) ? (variables[name] as string) : ''));

/** Undefined where no host comes out: such an integration fails when it is asked. */
export function endpointOf(uri: string, variables: Readonly<Record<string, string>>): Endpoint | undefined {
  const match = /^(https?):\/\/([^/?#{}$]+)([^#]*)$/.exec(withStageVariables(uri, variables));
  return match === null || !URL.canParse(`${match[1]}://${match[2]}`)
    ? undefined
    : { scheme: match[1] as string, host: match[2] as string, path: match[3] as string };
}

/** `arn:aws:apigateway:us-east-1:sqs:path/123/queue`: the service goes by its name in the upstream map. */
export function serviceOf(uri: string): (Endpoint & { readonly name: string }) | undefined {
  const [, region, name, kind, rest] = /^arn:[\w-]+:apigateway:([\w-]+):([\w.-]+):(path|action)\/(.*)$/s.exec(uri) ?? [];
  if (region === undefined || name === undefined) return undefined;
  return { name, scheme: 'https', host: `${name}.${region}.amazonaws.com`, path: kind === 'path' ? `/${rest}` : `/?Action=${rest}` };
}

export function serverAt({ scheme, host }: Endpoint, more: readonly string[], timeoutMs: number, at: Setting): Destination {
  const { hostname, port } = new URL(`${scheme}://${host}`);
  const withPort = `${hostname}:${port || (scheme === 'https' ? '443' : '80')}`;
  const names = [...new Set([...more, host, withPort, hostname, `${scheme}://${host}`])];
  return {
    kind: 'proxy',
    options: { ...proxyDefaults, names, url: `${scheme}://${host}`, responseTimeoutMs: timeoutMs },
    origin: at.origin,
    children: [],
  };
}
