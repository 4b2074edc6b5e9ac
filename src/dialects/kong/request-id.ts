import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

const idSlot: Slot<string> = slot('kong request id');

export const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** The id of a request: 32 hexadecimal digits, the same in every field and body of one exchange. */
export function requestId(exchange: Exchange | null, random: () => number): string {
  const known = exchange?.read(idSlot);
  if (known !== undefined) return known;
  const made = hex(random, 32);
  exchange?.write(idSlot, made);
  return made;
}

/** RFC 9562 version 4. */
export const uuid = (random: () => number): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${'89ab'[Math.floor(random() * 4)] ?? '8'}${hex(random, 3)}-${hex(random, 12)}`;
