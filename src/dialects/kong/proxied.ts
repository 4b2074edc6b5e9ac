import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

/** Set where a plugin answers in the place of the upstream, and Kong speaks as if that had. */
export const proxiedSlot: Slot<true> = slot('kong proxied');

/** Whether the request was given to an upstream (KONG_PROXIED): also where that failed, but not where its name could not be found. */
export function isProxied(exchange: Exchange): boolean {
  const { response, fault } = exchange;
  if (response?.from === 'upstream' || exchange.read(proxiedSlot) === true) return true;
  return fault !== null && fault.kind.startsWith('upstream-') && fault.kind !== 'upstream-unresolved' && fault.kind !== 'upstream-unmapped';
}
