import type { Exchange } from '../../engine/exchange.ts';

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
