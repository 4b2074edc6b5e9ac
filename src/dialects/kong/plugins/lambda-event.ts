import type { Exchange } from '../../../engine/exchange.ts';
import { requestId } from '../request-id.ts';
import { routerHit } from '../router/match.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { readBody } from './request-body.ts';
import { fieldTable, queryTable, requestFields } from './tables.ts';

/** What of a request becomes the event. */
export interface LambdaEventOptions {
  readonly gateway: boolean;
  readonly method: boolean;
  readonly uri: boolean;
  readonly headers: boolean;
  readonly body: boolean;
  readonly skipLarge: boolean;
  readonly base64: boolean;
  /** Only the traditional router remembers the path that matched. */
  readonly traditional: boolean;
}

/** What nginx keeps in memory (client_body_buffer_size); more is in a file, which plugins take only where they are told to. */
const bufferSize = 8 * 1024;
const maxBody = 10 * 1024 * 1024;
/** Sent as they are; compared with the whole field, parameters included. */
const texts = new Set(['text/plain', 'text/html', 'application/xml', 'text/xml', 'application/soap+xml']);

/** Source: kong/plugins/aws-lambda/request-util.lua. */
export async function lambdaEvent(exchange: Exchange, options: LambdaEventOptions, random: () => number): Promise<unknown> {
  const type = requestFields(exchange).get('content-type');
  const { raw, args, unknownType } = await readBody(exchange, type, maxBody);
  const large = raw.length > bufferSize;
  const body = raw.length === 0 || (large && options.skipLarge) ? undefined : raw;
  if (options.gateway) return gatewayEvent(exchange, options, body, random);
  if (!(options.method || options.uri || options.headers || options.body))
    return { ...queryTable(exchange.query), ...(large ? {} : (args as object | undefined)) };
  const event: Record<string, unknown> = {};
  if (options.method) event['request_method'] = exchange.method;
  if (options.headers) event['request_headers'] = fieldTable(requestFields(exchange));
  if (options.uri) {
    event['request_uri'] = exchange.arrived.target;
    event['request_uri_args'] = queryTable(exchange.query);
  }
  if (options.body) {
    const coded = unknownType && options.base64 && !texts.has(type ?? '');
    if (coded) event['request_body_base64'] = true;
    event['request_body'] = coded ? (body?.toString('base64') ?? '') : body?.toString('utf8');
    event['request_body_args'] = unknownType ? {} : large ? undefined : args;
  }
  return event;
}

/** As Amazon API Gateway would write it (payload version 1.0). */
function gatewayEvent(exchange: Exchange, { base64, traditional }: LambdaEventOptions, body: Buffer | undefined, random: () => number): unknown {
  const hit = exchange.read(routerHit);
  const path = exchange.read(upstreamSlot)?.path ?? (exchange.arrived.target.split('?', 1)[0] as string);
  const domainName = (exchange.arrived.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  const headers = fieldTable(requestFields(exchange));
  const query = queryTable(exchange.query);
  const named = Object.entries(hit?.captures ?? {}).filter(([name]) => !/^\d+$/.test(name));
  return {
    version: '1.0',
    resource: traditional ? hit?.matched : undefined,
    path,
    httpMethod: exchange.method,
    headers: firstOf(headers),
    multiValueHeaders: allOf(headers),
    pathParameters: Object.fromEntries(named),
    queryStringParameters: firstOf(query),
    multiValueQueryStringParameters: allOf(query),
    // No body, in base64, is an empty one.
    body: base64 ? (body?.toString('base64') ?? '') : body?.toString('utf8'),
    isBase64Encoded: base64,
    requestContext: {
      path,
      protocol: `HTTP/${exchange.arrived.httpVersion}`,
      httpMethod: exchange.method,
      domainName,
      domainPrefix: domainName.split('.')[0],
      identity: { sourceIp: exchange.connection.remoteAddress, userAgent: exchange.arrived.headers.get('user-agent') },
      requestId: requestId(exchange, random),
      requestTime: commonLogTime(exchange.startedAt),
      requestTimeEpoch: exchange.startedAt,
      resourcePath: path,
    },
  };
}

const firstOf = <T>(table: Readonly<Record<string, T | T[]>>): Record<string, T | undefined> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
const allOf = <T>(table: Readonly<Record<string, T | T[]>>): Record<string, T[]> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]));

/** `14/Nov/2023:22:13:20 +0000`. */
function commonLogTime(ms: number): string {
  const [, day = '', month = '', year = '', time = ''] = /, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
