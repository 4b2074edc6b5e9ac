import type { Exchange } from '../../engine/exchange.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { ownFault, type OwnFaultBook } from '../../model/fault.ts';

/** What the specification asks of references that lead nowhere and of filters that are not known: they answer 500, and nothing is sent. */
const invalidKind = 'gateway-api/invalid-reference';

export const invalidReference = (reason: string): Failure => refuse(ownFault(invalidKind, { reason }));

export const ownFaults: OwnFaultBook<Exchange | null> = {
  [invalidKind]: () => ({ status: 500, headers: [], body: '' }),
};
