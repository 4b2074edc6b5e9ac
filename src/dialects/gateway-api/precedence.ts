import type { When } from './match.ts';

/** What of a match decides whether it counts. */
export type Ordered = Pick<When, 'order' | 'age' | 'name'>;

/** Which of two matches counts where both hold: by their own order, then the older route, then its name. */
export function byPrecedence(a: Ordered, b: Ordered): number {
  for (const [at, one] of a.order.entries()) {
    const difference = one - (b.order[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return byAge(a, b);
}

/** The older of two objects, then the first by name. One that does not say its age is younger than all that do. */
export const byAge = (a: Pick<When, 'age' | 'name'>, b: Pick<When, 'age' | 'name'>): number =>
  compare(a.age || '9', b.age || '9') || compare(a.name, b.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
