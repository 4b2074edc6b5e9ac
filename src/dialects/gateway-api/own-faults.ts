import type { Exchange } from '../../engine/exchange.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { ownFault, type OwnFaultBook } from '../../model/fault.ts';
import { httpOrGrpc, unavailable } from './grpc.ts';

/** What the specification asks of references that lead nowhere and of filters that are not known: they answer 500, and nothing is sent. */
const invalidKind = 'gateway-api/invalid-reference';

export const invalidReference = (reason: string): Failure => refuse(ownFault(invalidKind, { reason }));

const misdirectedKind = 'gateway-api/misdirected';
/** The host belongs to another listener than the one that the connection was made to. Source: the conformance suite, misdirected requests. */
export const misdirected: Failure = refuse(ownFault(misdirectedKind));

export const ownFaults: OwnFaultBook<Exchange | null> = {
  [misdirectedKind]: () => ({ status: 421, headers: [], body: '' }),
  // UNAVAILABLE is what GRPCRoute asks for.
  [invalidKind]: httpOrGrpc(500, unavailable),
};
