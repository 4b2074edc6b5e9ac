import type { Exchange } from '../../engine/exchange.ts';
import { parseQuery } from '../../http/query.ts';
import { authorized, identityFields } from './authorizers/authorized.ts';
import { callers } from './mapping/context-map.ts';
import { pathInStage, type When } from './match.ts';

/** The single-value map holds the last value of a name, the multi-value map all of them; null where there are none. */
function maps(pairs: readonly (readonly [string, string])[]): { single: Record<string, string> | null; multi: Record<string, string[]> | null } {
  if (pairs.length === 0) return { single: null, multi: null };
  const single: Record<string, string> = {};
  const multi: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    single[name] = value;
    (multi[name] ??= []).push(value);
  }
  return { single, multi };
}

/** Names of fields keep their case, but for this one (recorded). */
const nameOf = (name: string): string => (name.toLowerCase() === 'authorization' ? 'Authorization' : name);

/** The event of payload version 1.0. */
export function proxyEvent(exchange: Exchange, stage: string, requestId: string, body: Buffer, binary: boolean): Record<string, unknown> {
  const { raw } = exchange.arrived.headers;
  const headers = maps(Array.from({ length: raw.length / 2 }, (_, at) => [nameOf(raw[at * 2] as string), raw[at * 2 + 1] as string] as const));
  const query = maps(parseQuery(exchange.query));
  const resource = (exchange.route?.when as When | undefined)?.resource ?? '';
  const known = exchange.read(authorized)?.context;
  return {
    resource,
    path: pathInStage(exchange.path, stage),
    httpMethod: exchange.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multi,
    pathParameters: Object.keys(exchange.params).length === 0 ? null : { ...exchange.params },
    stageVariables: null,
    requestContext: {
      resourcePath: resource,
      httpMethod: exchange.method,
      path: exchange.path,
      protocol: `HTTP/${exchange.arrived.httpVersion}`,
      stage,
      requestId,
      requestTimeEpoch: exchange.startedAt,
      domainName: exchange.arrived.headers.get('host') ?? '',
      ...(known === undefined ? {} : { authorizer: known }),
      identity: {
        ...Object.fromEntries(callers.map((name) => [name, null])),
        ...identityFields(exchange),
        sourceIp: exchange.connection.remoteAddress,
        userAgent: exchange.arrived.headers.get('user-agent') ?? null,
      },
    },
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}
