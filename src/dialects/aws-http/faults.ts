import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook, OwnFaultBook, Wording } from '../../model/fault.ts';

const word = (status: number, message: string, ...headers: readonly string[]): Wording => ({
  status,
  headers: ['Content-Type', 'application/json', ...headers],
  body: JSON.stringify({ message }),
});
const own = (): Wording => word(500, 'Internal Server Error');
const unavailable = (): Wording => word(503, 'Service Unavailable');
const timedOut = (): Wording => word(504, 'Gateway Timeout');
const bad = (): Wording => word(400, 'Bad Request');
const notFound = (): Wording => word(404, 'Not Found');
const quoted = (text: string): string => text.replaceAll(/[^\x20-\x7e]|["\\]/g, ' ');

/** Sources: the developer guide (404, JWT authorizers and their troubleshooting), reports of users on timeouts; the rest is inferred from these. */
const core: FaultBook<Exchange | null> = {
  'bad-request': bad,
  'method-unknown': notFound,
  'target-too-long': () => word(414, 'Request-URI Too Long'),
  'header-too-large': () => word(431, 'Request Header Fields Too Large'),
  'body-too-large': () => word(413, 'Request Entity Too Large'),
  'length-required': bad,
  'request-timeout': () => word(408, 'Request Timeout'),
  'unsupported-media-type': () => word(415, 'Unsupported Media Type'),
  'no-route': notFound,
  'method-not-allowed': notFound,
  unauthenticated({ scheme, missing, reason }) {
    if (scheme !== 'Bearer') return word(401, 'Unauthorized');
    const challenge = missing ? 'Bearer' : `Bearer scope="" error="invalid_token" error_description="${quoted(reason)}"`;
    return word(401, 'Unauthorized', 'WWW-Authenticate', challenge);
  },
  forbidden: () => word(403, 'Forbidden'),
  'rate-limited': () => word(429, 'Too Many Requests'),
  'upstream-unmapped': unavailable,
  'upstream-unresolved': unavailable,
  'upstream-unreachable': unavailable,
  'upstream-connect-timeout': timedOut,
  'upstream-timeout': timedOut,
  'upstream-reset': unavailable,
  'upstream-malformed': own,
  'too-many-jumps': own,
  // No state of the real gateway: said plainly, so that nobody takes it for one.
  'not-implemented': ({ what }) => word(501, `devgateway does not serve this: ${what}`),
  internal: own,
};

const ownBook: OwnFaultBook<Exchange | null> = {
  'aws-http/insufficient-scope': ({ scopes }: { readonly scopes: readonly string[] }) =>
    word(
      403,
      'Forbidden',
      'WWW-Authenticate',
      `Bearer scope="${quoted(scopes.join(' '))}" error="insufficient_scope" error_description="the token has none of the scopes of the route"`,
    ),
  'aws-http/function-timeout': unavailable,
};

export const faultBook: FaultBookKind<null> = { kind: 'aws-http/faults', build: () => ({ core, own: ownBook }) };
