import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

const idSlot: Slot<string> = slot('kong request id');

/** Random digits, eight of each draw: every request has some of them. */
export function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, digits);
}

/** The id of a request: 32 hexadecimal digits, the same in every field and body of one exchange. */
export function requestId(exchange: Exchange | null, random: () => number): string {
  const known = exchange?.read(idSlot);
  if (known !== undefined) return known;
  const made = hex(random, 32);
  exchange?.write(idSlot, made);
  return made;
}

/** RFC 9562 version 4. */
export function uuid(random: () => number): string {
  const digits = hex(random, 32);
  const variant = ((Number.parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
