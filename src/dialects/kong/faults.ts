import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { Fault, FaultBook, OwnFaultBook, Wording } from '../../model/fault.ts';
import { ownFault } from '../../model/fault.ts';
import { encodeCjson } from './cjson.ts';
import { errorFormat, type ErrorTemplates } from './error-format.ts';
import { grpcStatus, isGrpc } from './grpc-answer.ts';
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
/** An answer as Kong's error handler words it for what nginx below it has refused. */
export const nginxError = (status: number): Fault => ownFault('kong/nginx', { status });

/** What a gRPC client is told, in fields of an answer without a body (kong.pdk.response, send). */
function grpcAnswer(status: number, headers: readonly string[], message: string | null): Wording {
  const type = message === null ? ['Content-Type', 'application/grpc'] : ['grpc-message', message];
  const own = has(headers, 'grpc-status') ? [] : ['grpc-status', String(grpcStatus(status))];
  return { status, headers: [...headers, ...type, ...own], body: '' };
}
const has = (headers: readonly string[], name: string): boolean => headers.some((one, at) => at % 2 === 0 && one.toLowerCase() === name);
function messageOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const message = (body as { readonly message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : '';
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
  readonly templates: ErrorTemplates;
}

export const kongFaults: FaultBookKind<FaultBookOptions> = {
  kind: 'kong/faults',
  build({ defaultType, templates }, { random }) {
    const word = ({ status, message, headers = [] }: KongError, exchange: Exchange | null, byNginx: string | null = null): Wording => {
      const accept = exchange?.arrived.headers.get('accept');
      const contentType = exchange?.arrived.headers.get('content-type');
      const { type, render } = errorFormat({ accept, contentType, byNginx }, templates);
      if (type === 'application/grpc') return grpcAnswer(status, headers, byNginx === null ? null : message);
      return { status, headers: [...headers, 'Content-Type', type], body: render(message, requestId(exchange, random)) };
    };
    const handler =
      (status: number) =>
      (_: unknown, exchange: Exchange | null): Wording =>
        word({ status, message: nginxMessages[status] ?? 'An unexpected error occurred' }, exchange, defaultType);
    const error =
      (status: number, message: string) =>
      (_: unknown, exchange: Exchange | null): Wording =>
        word({ status, message }, exchange);
    const core: FaultBook<Exchange | null> = {
      'bad-request': handler(400),
      'method-unknown': handler(400),
      'target-too-long': handler(414),
      // nginx's internal 494.
      'header-too-large': (_, exchange) => word({ status: 400, message: 'Request header or cookie too large' }, exchange, defaultType),
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
      'not-implemented': ({ what }, exchange) => word({ status: 501, message: `devgateway does not serve this: ${what}` }, exchange),
      internal: handler(500),
    };
    const own: OwnFaultBook<Exchange | null> = {
      'kong/error': (detail: KongError, exchange) => word(detail, exchange),
      'kong/nginx': ({ status }: { readonly status: number }, exchange) => handler(status)(null, exchange),
      'kong/exit': ({ status, body, headers = [] }: KongExit, exchange): Wording => {
        const typed = has(headers, 'content-type');
        if (isGrpc(exchange?.arrived.headers.get('content-type')) && !typed) return grpcAnswer(status, headers, messageOf(body));
        if (body === null) return { status, headers, body: '' };
        if (typeof body !== 'string')
          return { status, headers: typed ? headers : [...headers, 'Content-Type', 'application/json; charset=utf-8'], body: encodeCjson(body) };
        // nginx's default type, and the charset of Kong's configuration of it.
        return { status, headers: typed ? headers : [...headers, 'Content-Type', 'text/plain; charset=UTF-8'], body };
      },
    } as OwnFaultBook<Exchange | null>;
    return { core, own };
  },
};
