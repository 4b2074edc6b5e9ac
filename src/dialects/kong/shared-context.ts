import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

const sharedSlot: Slot<Map<string, string>> = slot('kong.ctx.shared');

/** What plugins tell each other during one request (`kong.ctx.shared`). */
export function sharedOf(exchange: Exchange): Map<string, string> {
  let shared = exchange.read(sharedSlot);
  if (shared === undefined) exchange.write(sharedSlot, (shared = new Map()));
  return shared;
}
