import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook, Wording } from '../../model/fault.ts';

/** One JSON object: `error` is for programs, `message` for people. */
function say(status: number, error: string, message: string, headers: readonly string[] = []): Wording {
  return { status, headers: ['Content-Type', 'application/json; charset=utf-8', ...headers], body: `${JSON.stringify({ error, message })}\n` };
}

const challenge = (scheme: string, missing: boolean): string[] => {
  if (scheme === 'Basic') return ['WWW-Authenticate', 'Basic realm="devgateway", charset="UTF-8"'];
  // RFC 6750 section 3.1: no error code where no credentials came at all.
  return ['WWW-Authenticate', missing || scheme !== 'Bearer' ? scheme : 'Bearer error="invalid_token"'];
};

const core: FaultBook<Exchange | null> = {
  'bad-request': ({ reason }) => say(400, 'bad-request', reason),
  'method-unknown': ({ method }) => say(400, 'method-unknown', `the method ${JSON.stringify(method)} is not known`),
  'target-too-long': ({ limit }) => say(414, 'target-too-long', `the request target is longer than ${limit} bytes`),
  'header-too-large': ({ limit }) => say(431, 'header-too-large', `the header fields are larger than ${limit} bytes`),
  'body-too-large': ({ limit }) => say(413, 'body-too-large', `the request body is larger than ${limit} bytes`),
  'length-required': () => say(411, 'length-required', 'a Content-Length is needed'),
  'request-timeout': () => say(408, 'request-timeout', 'the request took too long to arrive', ['Connection', 'close']),
  'unsupported-media-type': ({ type }) => say(415, 'unsupported-media-type', `the media type ${JSON.stringify(type)} is not accepted here`),
  'no-route': ({ path }) => say(404, 'no-route', `no route matches ${path}`),
  'method-not-allowed': ({ allow }) => say(405, 'method-not-allowed', `allowed here: ${allow.join(', ')}`, ['Allow', allow.join(', ')]),
  unauthenticated: ({ scheme, reason, missing }) => say(401, 'unauthenticated', reason, challenge(scheme, missing)),
  forbidden: ({ reason }) => say(403, 'forbidden', reason),
  'rate-limited': ({ limit, retryAfterMs }) =>
    say(429, 'rate-limited', `the limit of ${limit} requests is used up; try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`),
  'upstream-unmapped': ({ upstream }) => say(502, 'upstream-unmapped', `${upstream} is not mapped: say where it is with --upstream ${upstream}=URL`),
  'upstream-unresolved': ({ upstream }) =>
    say(502, 'upstream-unresolved', `${upstream} has no address here: say where it is with --upstream ${upstream}=URL`),
  'upstream-unreachable': ({ upstream, reason }) => say(502, 'upstream-unreachable', `${upstream} cannot be reached: ${reason}`),
  'upstream-connect-timeout': ({ upstream, afterMs }) =>
    say(504, 'upstream-connect-timeout', `${upstream} did not accept a connection in ${afterMs} ms`),
  'upstream-timeout': ({ upstream, afterMs }) => say(504, 'upstream-timeout', `${upstream} did not answer in ${afterMs} ms`),
  'upstream-reset': ({ upstream, reason }) => say(502, 'upstream-reset', `${upstream} broke the connection off: ${reason}`),
  'upstream-malformed': ({ upstream, reason }) => say(502, 'upstream-malformed', `${upstream} answered with something that is no HTTP: ${reason}`),
  'too-many-jumps': ({ limit }) => say(500, 'too-many-jumps', `more than ${limit} internal redirections`),
  'not-implemented': ({ what }) => say(501, 'not-implemented', `${what} is not implemented`),
  internal: () => say(500, 'internal', 'the gateway failed'),
};

export const nativeFaults: FaultBookKind<null> = { kind: 'native/faults', build: () => ({ core, own: {} }) };
