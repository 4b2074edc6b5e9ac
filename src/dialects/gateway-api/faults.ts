import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook } from '../../model/fault.ts';
import { grpcAnswer, httpOrGrpc, isGrpc, unimplemented } from './grpc.ts';
import { ownFaults } from './own-faults.ts';

const bad = httpOrGrpc(400);
const unreachable = httpOrGrpc(503);

/** The specification asks for statuses and says nothing of bodies: there are none. A call of gRPC gets a status of gRPC. */
const core: FaultBook<Exchange | null> = {
  'bad-request': bad,
  'method-unknown': httpOrGrpc(404),
  'target-too-long': httpOrGrpc(414),
  'header-too-large': httpOrGrpc(431),
  'body-too-large': httpOrGrpc(413),
  'length-required': httpOrGrpc(411),
  'request-timeout': httpOrGrpc(408),
  'unsupported-media-type': httpOrGrpc(415),
  'no-route': httpOrGrpc(404),
  'method-not-allowed': httpOrGrpc(405),
  unauthenticated: httpOrGrpc(401),
  forbidden: httpOrGrpc(403),
  'rate-limited': httpOrGrpc(429),
  'upstream-unmapped': unreachable,
  'upstream-unresolved': unreachable,
  'upstream-unreachable': unreachable,
  'upstream-connect-timeout': httpOrGrpc(504),
  'upstream-timeout': httpOrGrpc(504),
  'upstream-reset': unreachable,
  'upstream-malformed': httpOrGrpc(502),
  'too-many-jumps': httpOrGrpc(500),
  // No state of a real gateway: said plainly, so that nobody takes it for one.
  'not-implemented': ({ what }, exchange) => {
    const said = `devgateway does not serve this: ${what}`;
    return isGrpc(exchange) ? grpcAnswer(unimplemented, said) : { status: 501, headers: ['Content-Type', 'text/plain'], body: `${said}\n` };
  },
  internal: httpOrGrpc(500),
};

export const faultBook: FaultBookKind<null> = { kind: 'gateway-api/faults', build: () => ({ core, own: ownFaults }) };
