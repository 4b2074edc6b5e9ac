import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { Fault, FaultBook, OwnFaultBook, Wording } from '../../model/fault.ts';
import { ownFault } from '../../model/fault.ts';
import { contentTypeFor } from './error-format.ts';
import { requestId } from './request-id.ts';

/** An answer as `kong.response.error` words it: in the format that the client asks for, with the request id. */
export interface KongError {
  readonly status: number;
  readonly message: string;
  readonly headers?: readonly string[];
}
/** An answer as `kong.response.exit` gives it: a body as it is, no request id. */
export interface KongExit {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: readonly string[];
}

export const kongError = (status: number, message: string, headers: readonly string[] = []): Fault =>
  ownFault('kong/error', { status, message, headers } satisfies KongError);
export const kongExit = (status: number, body: unknown, headers: readonly string[] = []): Fault =>
  ownFault('kong/exit', { status, body, headers } satisfies KongExit);

function word({ status, message, headers = [] }: KongError, exchange: Exchange | null, random: () => number, byNginx: string | null = null): Wording {
  const { type, render } = contentTypeFor(exchange?.arrived.headers.joined('accept'), byNginx);
  return {
    status,
    headers: [...headers, 'Content-Type', type],
    body: render(message, requestId(exchange, random)),
  };
}

/** Bodies of Kong's error handler (kong.error_handlers): what nginx below it refuses, or what an upstream fails at. */
const nginxMessages: Readonly<Record<number, string>> = {
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  411: 'Length required',
  413: 'Payload too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  431: 'Request header or cookie too large',
  500: 'An unexpected error occurred',
  502: 'An invalid response was received from the upstream server',
  503: 'The upstream server is currently unavailable',
  504: 'The upstream server is timing out',
};

export interface FaultBookOptions {
  readonly defaultType: string;
}

export const kongFaults: FaultBookKind<FaultBookOptions> = {
  kind: 'kong/faults',
  build({ defaultType }, { random }) {
    const handler =
      (status: number) =>
      (_: unknown, exchange: Exchange | null): Wording =>
        word({ status, message: nginxMessages[status] ?? 'An unexpected error occurred' }, exchange, random, defaultType);
    const error =
      (status: number, message: string) =>
      (_: unknown, exchange: Exchange | null): Wording =>
        word({ status, message }, exchange, random);
    const core: FaultBook<Exchange | null> = {
      'bad-request': handler(400),
      'method-unknown': handler(400),
      'target-too-long': handler(414),
      // nginx's internal 494.
      'header-too-large': (_, exchange) => word({ status: 400, message: 'Request header or cookie too large' }, exchange, random, defaultType),
      'body-too-large': handler(413),
      'length-required': handler(411),
      'request-timeout': handler(408),
      'unsupported-media-type': handler(415),
      'no-route': error(404, 'no Route matched with those values'),
      'method-not-allowed': error(404, 'no Route matched with those values'),
      unauthenticated: error(401, 'Unauthorized'),
      forbidden: error(403, 'Forbidden'),
      'rate-limited': error(429, 'API rate limit exceeded'),
      'upstream-unmapped': error(503, 'name resolution failed'),
      'upstream-unresolved': error(503, 'name resolution failed'),
      'upstream-unreachable': handler(502),
      'upstream-connect-timeout': handler(504),
      'upstream-timeout': handler(504),
      'upstream-reset': handler(502),
      'upstream-malformed': handler(502),
      'too-many-jumps': handler(500),
      // No state of the real gateway: said plainly, so that nobody takes it for one.
      'not-implemented': ({ what }, exchange) => word({ status: 501, message: `devgateway does not serve this: ${what}` }, exchange, random),
      internal: handler(500),
    };
    const own: OwnFaultBook<Exchange | null> = {
      'kong/error': (detail: KongError, exchange) => word(detail, exchange, random),
      'kong/exit': ({ status, body, headers = [] }: KongExit) =>
        typeof body === 'string'
          ? { status, headers: [...headers], body }
          : { status, headers: [...headers, 'Content-Type', 'application/json; charset=utf-8'], body: body === null ? '' : JSON.stringify(body) },
    } as OwnFaultBook<Exchange | null>;
    return { core, own };
  },
};
