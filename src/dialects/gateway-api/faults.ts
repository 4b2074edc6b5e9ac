import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook, Wording } from '../../model/fault.ts';
import { ownFaults } from './own-faults.ts';

const status = (code: number) => (): Wording => ({ status: code, headers: [], body: '' });
const bad = status(400);
const unavailable = status(503);

const isGrpc = (exchange: Exchange | null): boolean => exchange?.arrived.headers.get('content-type')?.startsWith('application/grpc') === true;
/** Source: the API reference of GRPCRoute; status 12 of gRPC. */
const unimplemented: Wording = { status: 200, headers: ['Content-Type', 'application/grpc', 'grpc-status', '12'], body: '' };

/** The specification asks for statuses and says nothing of bodies: there are none. */
const core: FaultBook<Exchange | null> = {
  'bad-request': bad,
  'method-unknown': status(404),
  'target-too-long': status(414),
  'header-too-large': status(431),
  'body-too-large': status(413),
  'length-required': status(411),
  'request-timeout': status(408),
  'unsupported-media-type': status(415),
  'no-route': (_, exchange) => (isGrpc(exchange) ? unimplemented : status(404)()),
  'method-not-allowed': status(405),
  unauthenticated: status(401),
  forbidden: status(403),
  'rate-limited': status(429),
  'upstream-unmapped': unavailable,
  'upstream-unresolved': unavailable,
  'upstream-unreachable': unavailable,
  'upstream-connect-timeout': status(504),
  'upstream-timeout': status(504),
  'upstream-reset': unavailable,
  'upstream-malformed': status(502),
  'too-many-jumps': status(500),
  // No state of a real gateway: said plainly, so that nobody takes it for one.
  'not-implemented': ({ what }) => ({ status: 501, headers: ['Content-Type', 'text/plain'], body: `devgateway does not serve this: ${what}\n` }),
  internal: status(500),
};

export const faultBook: FaultBookKind<null> = { kind: 'gateway-api/faults', build: () => ({ core, own: ownFaults }) };
