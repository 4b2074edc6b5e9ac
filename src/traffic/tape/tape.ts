import type { Asked, Asker } from './asked.ts';
import { nameAt, nearest, type NearMiss } from './near-miss.ts';
import { isAnswer, type TapedAnswer, type TapedExchange } from './taped.ts';

interface Slot {
  readonly asked: Asked;
  readonly exchange: TapedAnswer;
  /** The scopes that it was served in: each has the sequence for itself. */
  readonly servedIn: Set<string>;
  /** Whether anybody ever asked for it: going back to the first answers does not undo that. */
  wasServed: boolean;
}

/** The answers of a tape by what was asked. What was asked several times is answered in the order of the recording; then the last answer stays. */
export class Tape {
  readonly #slots: Slot[] = [];
  readonly #byKey = new Map<string, Slot[]>();

  constructor(exchanges: readonly TapedExchange[], asker: Asker) {
    for (const exchange of exchanges.filter(isAnswer).sort((one, other) => one.at - other.at)) {
      const slot = { asked: asker.read(exchange.upstreamRequest), exchange, servedIn: new Set<string>(), wasServed: false };
      this.#slots.push(slot);
      const key = keyOf(exchange.upstream, slot.asked);
      const there = this.#byKey.get(key);
      if (there === undefined) this.#byKey.set(key, [slot]);
      else there.push(slot);
    }
  }

  get size(): number {
    return this.#slots.length;
  }

  /** The next answer for this request, or undefined. What a foreign tape holds is good for every upstream. */
  take(upstream: string, asked: Asked, scope: string): TapedAnswer | undefined {
    const found = this.#byKey.get(keyOf(upstream, asked)) ?? this.#byKey.get(keyOf('', asked));
    if (found === undefined) return undefined;
    const slot = found.find(({ servedIn }) => !servedIn.has(scope)) ?? (found.at(-1) as Slot);
    slot.servedIn.add(scope);
    slot.wasServed = true;
    return slot.exchange;
  }

  nearest(upstream: string, asked: Asked): NearMiss[] {
    const candidates = this.#slots.filter(({ exchange }) => exchange.upstream === upstream || exchange.upstream === '');
    // What was asked several times is one candidate.
    return nearest(asked, [...new Map(candidates.map((one) => [one.asked.key, one.asked])).values()]);
  }

  /** What somebody has asked for. */
  get used(): string[] {
    return this.#slots.filter(({ wasServed }) => wasServed).map(nameOfSlot);
  }

  /** What nobody has asked for. */
  get unused(): string[] {
    return this.#slots.filter(({ wasServed }) => !wasServed).map(nameOfSlot);
  }

  /** Back to the first answers, of one scope or of all. */
  rewind(scope?: string): void {
    for (const { servedIn } of this.#slots) {
      if (scope === undefined) servedIn.clear();
      else servedIn.delete(scope);
    }
  }
}

const nameOfSlot = ({ asked, exchange }: Slot): string => nameAt(exchange.upstream, asked);
const keyOf = (upstream: string, { key }: Asked): string => `${upstream} ${key}`;
