import { isUtf8 } from 'node:buffer';
import { fieldOf, type TapedExchange, type TapedMessage, type TapedRequest, type TapedResponse } from './taped.ts';

/** One entry of a HAR 1.2 file. The client's side stands where every reader of HAR looks; the upstream's and the verdicts in `_devgateway`. */
export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: HarRequest;
  readonly response: HarResponse;
  readonly cache: object;
  readonly timings: object;
  readonly _devgateway?: {
    readonly upstream: string | null;
    readonly route: string | null;
    readonly decidedBy: string;
    readonly steps: readonly { readonly kind: string; readonly message: string }[];
    readonly upstreamRequest: HarRequest | null;
    readonly upstreamResponse: HarResponse | null;
  };
}
interface HarPair {
  readonly name: string;
  readonly value: string;
}
interface HarText {
  readonly mimeType: string;
  readonly text?: string;
  readonly encoding?: string;
  readonly _coded?: boolean;
}
export interface HarRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HarPair[];
  readonly postData?: HarText;
}
export interface HarResponse {
  readonly status: number;
  readonly headers: readonly HarPair[];
  readonly content: HarText;
}

export function toHar(exchange: TapedExchange): HarEntry {
  const { upstream, at, durationMs, route, decidedBy, steps, request, response, upstreamRequest, upstreamResponse } = exchange;
  return {
    startedDateTime: new Date(at).toISOString(),
    time: durationMs,
    request: harRequest(request),
    response: harResponse(response),
    cache: {},
    timings: { send: 0, wait: durationMs, receive: 0 },
    _devgateway: {
      upstream,
      route,
      decidedBy,
      steps,
      upstreamRequest: upstreamRequest === null ? null : harRequest(upstreamRequest),
      upstreamResponse: upstreamResponse === null ? null : harResponse(upstreamResponse),
    },
  };
}

const harRequest = (request: TapedRequest) => ({
  method: request.method,
  url: `http://${fieldOf(request.rawHeaders, 'host') ?? ''}${request.target}`,
  httpVersion: 'HTTP/1.1',
  headers: pairs(request.rawHeaders),
  queryString: queryOf(request.target),
  cookies: [],
  headersSize: -1,
  bodySize: request.body.length,
  ...(request.body.length === 0 ? {} : { postData: textOf(request) }),
});

const harResponse = (response: TapedResponse) => ({
  status: response.status,
  statusText: '',
  httpVersion: 'HTTP/1.1',
  headers: pairs(response.rawHeaders),
  cookies: [],
  content: { size: response.body.length, ...textOf(response) },
  redirectURL: fieldOf(response.rawHeaders, 'location') ?? '',
  headersSize: -1,
  bodySize: -1,
});

function textOf({ rawHeaders, body, coded }: TapedMessage): HarText {
  const mimeType = fieldOf(rawHeaders, 'content-type') ?? '';
  const text = isUtf8(body) ? { text: body.toString('utf8') } : { text: body.toString('base64'), encoding: 'base64' };
  return { mimeType, ...text, ...(coded ? { _coded: true } : {}) };
}

function pairs(rawHeaders: readonly string[]): HarPair[] {
  const found: HarPair[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) found.push({ name: rawHeaders[at] as string, value: rawHeaders[at + 1] as string });
  return found;
}

function queryOf(target: string): HarPair[] {
  const [, query = ''] = /\?(.*)$/s.exec(target) ?? [];
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

/** Reads an entry, ours or a foreign one. Throws TypeError saying what is wrong with it. */
export function fromHar(entry: unknown): TapedExchange {
  const one = mapOf(entry, 'the entry');
  const own = one['_devgateway'] === undefined ? null : mapOf(one['_devgateway'], '_devgateway');
  const request = requestOf(one['request'], 'request');
  const response = responseOf(one['response'], 'response');
  const at = Date.parse(String(one['startedDateTime']));
  const time = one['time'];
  return {
    at: Number.isNaN(at) ? 0 : at,
    durationMs: typeof time === 'number' && time >= 0 ? time : 0,
    request,
    response,
    ...(own === null
      ? // Somebody else's recording of the upstream itself. A browser notes a request that came to nothing with status 0.
        { upstream: response.status === 0 ? null : '', route: null, decidedBy: '', steps: [], upstreamRequest: request, upstreamResponse: response }
      : {
          upstream: typeof own['upstream'] === 'string' ? own['upstream'] : null,
          route: typeof own['route'] === 'string' ? own['route'] : null,
          decidedBy: textIn(own['decidedBy']),
          steps: Array.isArray(own['steps']) ? (own['steps'] as { kind: string; message: string }[]) : [],
          upstreamRequest: own['upstreamRequest'] == null ? null : requestOf(own['upstreamRequest'], '_devgateway.upstreamRequest'),
          upstreamResponse: own['upstreamResponse'] == null ? null : responseOf(own['upstreamResponse'], '_devgateway.upstreamResponse'),
        }),
  };
}

function requestOf(value: unknown, name: string): TapedRequest {
  const { method, url, headers, postData } = mapOf(value, name);
  if (typeof method !== 'string' || typeof url !== 'string') throw new TypeError(`${name} has no method or no url`);
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#*]*/i, '').replace(/#.*$/s, '');
  return {
    method,
    target: target === '' ? '/' : target.startsWith('?') ? `/${target}` : target,
    rawHeaders: rawOf(headers, name),
    ...bodyOf(postData, `${name}.postData`),
  };
}

function responseOf(value: unknown, name: string): TapedResponse {
  const { status, headers, content } = mapOf(value, name);
  if (!Number.isInteger(status)) throw new TypeError(`${name}.status is ${JSON.stringify(status)}, expected a whole number`);
  return { status: status as number, rawHeaders: rawOf(headers, name), ...bodyOf(content, `${name}.content`) };
}

/** Pseudo fields of HTTP/2, as browsers write them, are none of a message that is sent on. */
function rawOf(headers: unknown, name: string): string[] {
  if (headers === undefined) return [];
  if (!Array.isArray(headers)) throw new TypeError(`${name}.headers is no list`);
  return headers.flatMap((one: unknown) => {
    const pair = mapOf(one, `${name}.headers`);
    if (typeof pair['name'] !== 'string' || typeof pair['value'] !== 'string')
      throw new TypeError(`${name}.headers has a field without a name or a value`);
    return pair['name'].startsWith(':') ? [] : [pair['name'], pair['value']];
  });
}

function bodyOf(value: unknown, name: string): { readonly body: Buffer; readonly coded: boolean } {
  if (value == null) return { body: Buffer.alloc(0), coded: false };
  const { text, encoding, params, _coded } = mapOf(value, name);
  if (text === undefined && Array.isArray(params)) {
    const form = params.map((one): [string, string] => [textIn(mapOf(one, name)['name']), textIn(mapOf(one, name)['value'])]);
    return { body: Buffer.from(new URLSearchParams(form).toString()), coded: false };
  }
  if (text !== undefined && typeof text !== 'string') throw new TypeError(`${name}.text is no text`);
  return { body: Buffer.from(text ?? '', encoding === 'base64' ? 'base64' : 'utf8'), coded: _coded === true };
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

function mapOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`);
  return value as Record<string, unknown>;
}
