import type { StepKind } from '../../engine/kit.ts';
import { pathInBase } from './base.ts';
import { requestIdOf } from './identifiers.ts';
import { requestChanges, type Change } from './parameters.ts';
import { compileValue } from './values.ts';

export interface HttpProxyOptions {
  /** Of the integration's URI: what stands behind the authority, with `{name}` placeholders. */
  readonly path: string;
  /** Empty: what the client asked for, as a private integration gets it. */
  readonly host: string;
  /** ANY: the method that was asked with. */
  readonly method: string;
  /** What of the request's path joins that of the URI: of `$default` all below the stage; of a private integration the stage too. */
  readonly append: 'nothing' | 'path' | 'whole-path';
  readonly changes: readonly Change[];
}

/** Makes the request of an HTTP_PROXY integration: fields and query of the client, then the mapped parameters. */
export const httpProxyRequest: StepKind<HttpProxyOptions> = {
  kind: 'aws-http/http-proxy-request',
  create({ path, host, method, append, changes }, { random }) {
    const change = requestChanges(changes);
    const overPath = changes.find((one) => one.place === 'path');
    const newPath = overPath === undefined ? undefined : compileValue(overPath.from);
    return (exchange) => {
      const { outgoing, query, connection } = exchange;
      const { headers } = outgoing;
      const asked = exchange.arrived.headers.get('host') ?? '';
      const requestId = requestIdOf(exchange, random);
      if (host !== '') {
        headers.remove('host');
        headers.raw.unshift('Host', host);
      }
      headers.append('Forwarded', `by=${connection.remoteAddress};for=${connection.remoteAddress};host=${asked};proto=https`);
      headers.append('Via', `HTTP/${exchange.arrived.httpVersion} AmazonAPIGateway`);
      outgoing.method = method === 'ANY' ? exchange.method : method;
      const filled = path.replaceAll(/\{([^{}+]+)\+?\}/g, (_, name: string) => exchange.params[name] ?? '');
      const rest = append === 'nothing' ? '' : append === 'path' ? pathInBase(exchange) : exchange.path;
      const made = newPath?.(exchange, requestId) ?? (rest === '' ? filled : `${filled.replace(/\/$/, '')}${rest}`);
      const absolute = (made.startsWith('/') || made.startsWith('?') ? made : `/${made}`).replaceAll(/[\s#]/g, encodeURIComponent);
      const target = absolute.startsWith('?') ? `/${absolute}` : absolute;
      outgoing.target = query === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${query}`;
      change(exchange, requestId);
      // API Gateway has the whole payload before it calls an integration, and says how long it is.
      return exchange.body.length === undefined ? exchange.body.whole().then(() => undefined) : undefined;
    };
  },
};
