import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { parseQuery, queryValue } from '../../http/query.ts';
import { proxyDefaults } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Integration } from './read-integration.ts';

/** Where a mapped value comes from. */
type From = { readonly in: 'path' | 'querystring' | 'header'; readonly name: string } | { readonly literal: string };
interface Mapping {
  readonly to: 'path' | 'querystring' | 'header';
  readonly name: string;
  readonly from: From;
}
export interface HttpProxyOptions {
  /** Of the integration's URI: what stands behind the authority, with `{name}` placeholders. */
  readonly path: string;
  readonly host: string;
  /** ANY: the method that was asked with. */
  readonly method: string;
  readonly mappings: readonly Mapping[];
}

/** Never passed on (API Gateway developer guide, known issues; recorded answers of HTTP_PROXY integrations). */
const dropped: ReadonlySet<string> = new Set([
  'host',
  'content-encoding',
  'content-md5',
  'max-forwards',
  'server',
  'www-authenticate',
  'x-amzn-remapped-host',
]);

/** Makes the request of an HTTP_PROXY integration: all fields of the client, mapped ones over them; mapped query parameters join the client's. */
export const httpProxyRequest: StepKind<HttpProxyOptions> = {
  kind: 'aws-rest/http-proxy-request',
  create({ path, host, method, mappings }) {
    const toPath = mappings.filter((one) => one.to === 'path');
    return (exchange) => {
      const { outgoing } = exchange;
      const { headers } = outgoing;
      headers.filter((name) => !dropped.has(name));
      headers.raw.unshift('Host', host);
      headers.set('x-amzn-apigateway-api-id', 'local');
      const added: string[] = [];
      for (const { to, name, from } of mappings) {
        const value = valueOf(from, exchange);
        if (value === undefined || value === '') continue;
        if (to === 'header') headers.set(name, value);
        else if (to === 'querystring') added.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      }
      const filled = path.replaceAll(/\{([^{}+]+)\+?\}/g, (_, name: string) => {
        const mapping = toPath.find((one) => one.name === name);
        return mapping === undefined ? '' : (valueOf(mapping.from, exchange) ?? '');
      });
      outgoing.method = method === 'ANY' ? exchange.method : method;
      const query = [...parseQuery(exchange.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`), ...added];
      const target = encodeURI(filled === '' ? '/' : filled).replaceAll('%25', '%');
      outgoing.target = query.length === 0 ? target : `${target}${target.includes('?') ? '&' : '?'}${query.join('&')}`;
      // API Gateway has the whole payload before it calls an integration, and says how long it is.
      return exchange.body.length === undefined ? exchange.body.whole().then(() => undefined) : undefined;
    };
  },
};

function valueOf(from: From, exchange: Exchange): string | undefined {
  if ('literal' in from) return from.literal;
  if (from.in === 'path') return exchange.params[from.name];
  return from.in === 'header' ? exchange.arrived.headers.get(from.name) : queryValue(exchange.query, from.name);
}

/** The step and the destination of an HTTP_PROXY integration, or why its settings cannot be mirrored yet. */
export function readHttpProxy(integration: Setting): Integration {
  const uri = integration.get('uri');
  const text = uri.string() ?? '';
  const match = /^(https?):\/\/([^/?#{}$]+)([^#$]*)$/.exec(text);
  if (match === null) return { unsupported: `the uri ${JSON.stringify(text)}` };
  const [, scheme, host, path] = match as unknown as [string, string, string, string];
  const { hostname, port } = new URL(`${scheme}://${host}`);
  let unsupported = '';
  const mappings = integration
    .get('requestParameters')
    .entries()
    .flatMap(([key, value]): Mapping[] => {
      const to = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(key);
      const from = readFrom(value.string() ?? '');
      if (to !== null && from !== undefined) return [{ to: to[1] as Mapping['to'], name: to[2] as string, from }];
      unsupported = `the request parameter ${key}`;
      return [];
    });
  for (const key of ['passthroughBehavior', 'connectionType', 'responses', 'timeoutInMillis', 'contentHandling'])
    integration.get(key).ignored('has no effect on an HTTP_PROXY integration here');
  const method = integration.get('httpMethod').string()?.toUpperCase() ?? 'ANY';
  const origin = integration.origin;
  const withPort = `${hostname}:${port || (scheme === 'https' ? '443' : '80')}`;
  const options = {
    ...proxyDefaults,
    names: [...new Set([host, withPort, hostname, `${scheme}://${host}`])],
    url: `${scheme}://${host}`,
    responseTimeoutMs: 29_000,
  };
  if (unsupported !== '') return { unsupported };
  return {
    request: [{ kind: 'aws-rest/http-proxy-request', options: { path, host, method, mappings } satisfies HttpProxyOptions, origin }],
    destination: { kind: 'proxy', options, origin, children: [] },
  };
}

function readFrom(text: string): From | undefined {
  const literal = /^'(.*)'$/.exec(text);
  if (literal !== null) return { literal: literal[1] as string };
  const match = /^method\.request\.(path|querystring|header)\.(.+)$/.exec(text);
  return match === null ? undefined : { in: match[1] as 'path', name: match[2] as string };
}
