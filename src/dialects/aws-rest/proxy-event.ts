import type { Exchange } from '../../engine/exchange.ts';
import { parseQuery } from '../../http/query.ts';
import type { When } from './match.ts';
import { pathInPlace } from './place.ts';

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

/** The event of payload version 1.0. */
export function proxyEvent(exchange: Exchange, stage: string, requestId: string, body: Buffer, binary: boolean): Record<string, unknown> {
  const { raw } = exchange.arrived.headers;
  const headers = maps(Array.from({ length: raw.length / 2 }, (_, at) => [raw[at * 2] as string, raw[at * 2 + 1] as string] as const));
  const query = maps(parseQuery(exchange.query));
  const resource = (exchange.route?.when as When | undefined)?.resource ?? '';
  return {
    resource,
    path: pathInPlace(exchange),
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
      identity: { sourceIp: exchange.connection.remoteAddress, userAgent: exchange.arrived.headers.get('user-agent') ?? null },
    },
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}
