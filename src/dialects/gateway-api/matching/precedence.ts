import type { When } from '../match.ts';

/** What of a match decides whether it counts. */
export type Ordered = Pick<When, 'order' | 'age' | 'name'>;

/** Which of two matches counts where both hold: by their own order, then the older route, then its name. */
export function byPrecedence(a: Ordered, b: Ordered): number {
  // Routes of several kinds have orders of several lengths.
  for (let at = 0; at < Math.max(a.order.length, b.order.length); at += 1) {
    const difference = (a.order[at] ?? 0) - (b.order[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return byAge(a, b);
}

/** The older of two objects, then the first by name. One that does not say its age is younger than all that do. */
export const byAge = (a: Pick<When, 'age' | 'name'>, b: Pick<When, 'age' | 'name'>): number =>
  compare(a.age || '9', b.age || '9') || compare(a.name, b.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
