import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import { ownFault, type Fault, type FaultBook, type Wording } from '../../model/fault.ts';
import { stateOf } from './state.ts';

/** The words of nginx's own pages; another status has none and no page. */
const reasons: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Authorization Required',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Time-out',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

export interface StatusDetail {
  readonly status: number;
  readonly headers: readonly string[];
}
/** nginx answers with a status of its own; `error_page` may replace it. */
export const statusFault = (status: number, headers: readonly string[] = []): Fault => ownFault('nginx/status', { status, headers });

export function page(status: number, exchange: Exchange | null, headers: readonly string[] = []): Wording {
  const reason = reasons[status === 302 ? 302 : status];
  if (reason === undefined) return { status, headers, body: '' };
  const title = `${status} ${reason}`;
  const software = exchange === null || !stateOf(exchange).tokens ? 'nginx' : 'nginx/1.22.1';
  const html = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>${software}</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: ['Content-Type', 'text/html', ...headers], body: html };
}

const as =
  (status: number) =>
  (_: unknown, exchange: Exchange | null): Wording =>
    exchange === null ? { ...page(status, null), headers: ['Server', 'nginx', 'Content-Type', 'text/html'] } : page(status, exchange);

const core: FaultBook<Exchange | null> = {
  'bad-request': as(400),
  'method-unknown': as(405),
  'target-too-long': as(414),
  'header-too-large': as(400),
  'body-too-large': as(413),
  'length-required': as(411),
  'request-timeout': as(408),
  'unsupported-media-type': as(415),
  'no-route': as(404),
  'method-not-allowed': as(405),
  unauthenticated: as(401),
  forbidden: as(403),
  'rate-limited': as(503),
  'upstream-unmapped': as(502),
  'upstream-unresolved': as(502),
  'upstream-unreachable': as(502),
  'upstream-connect-timeout': as(504),
  'upstream-timeout': as(504),
  'upstream-reset': as(502),
  'upstream-malformed': as(502),
  'too-many-jumps': as(500),
  'not-implemented': as(501),
  internal: as(500),
};

export const nginxFaults: FaultBookKind<null> = {
  kind: 'nginx/faults',
  build: () => ({ core, own: { 'nginx/status': ({ status, headers }: StatusDetail, exchange: Exchange | null) => page(status, exchange, headers) } }),
};
