import type { Exchange } from '../../engine/exchange.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `12/Mar/2020:19:03:58 +0000` */
export function clfTime(ms: number): string {
  const at = new Date(ms);
  const day = `${two(at.getUTCDate())}/${months[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

/** The variables of `$context` that every sort of API has, of a request; undefined where this is none of them. Source: the developer guide. */
export function requestVariable(name: string, exchange: Exchange, requestId: string): string | undefined {
  const { arrived, connection, startedAt } = exchange;
  switch (name) {
    case 'httpMethod':
      return exchange.method;
    case 'path':
      return exchange.path;
    case 'protocol':
      return `HTTP/${arrived.httpVersion}`;
    case 'requestId':
    case 'extendedRequestId':
      return requestId;
    case 'requestTime':
      return clfTime(startedAt);
    case 'requestTimeEpoch':
      return String(startedAt);
    case 'identity.sourceIp':
      return connection.remoteAddress;
    case 'identity.userAgent':
      return arrived.headers.get('user-agent');
    default:
      return undefined;
  }
}
