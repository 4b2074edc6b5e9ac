import type { Route } from '../../../model/gateway.ts';
import type { Contender } from './found.ts';

export interface Remark {
  readonly route: Route;
  readonly message: string;
}
const most = 5;

/** What made the winner, and why the nearest others lost: those that match too first, then those that lack least. */
export function remarksOn(contenders: readonly Contender[], chosen: Route | undefined): Remark[] {
  const winner = contenders.find((one) => one.route === chosen && one.lacks.length === 0) ?? contenders.find((one) => one.route === chosen);
  const losers = contenders
    .filter((one) => one.route !== chosen)
    .map((one, order) => ({ one, order }))
    .sort((a, b) => a.one.lacks.length - b.one.lacks.length || a.order - b.order);
  const remarks: Remark[] =
    winner === undefined ? [] : [{ route: winner.route, message: `route ${winner.route.id} wins: ${winner.reasons.join(', ')}` }];
  const told = new Set<Route>();
  for (const { one } of losers) {
    if (told.size === most) break;
    if (told.has(one.route)) continue;
    told.add(one.route);
    remarks.push({
      route: one.route,
      message: `route ${one.route.id} loses: ${one.lacks.length > 0 ? one.lacks.join('; ') : outranked(one, winner)}`,
    });
  }
  const rest = new Set(losers.map(({ one }) => one.route)).size - told.size;
  const last = losers.at(-1);
  if (rest > 0 && last !== undefined)
    remarks.push({ route: last.one.route, message: `${rest} more ${rest === 1 ? 'route lacks' : 'routes lack'} as much or more` });
  return remarks;
}

function outranked(loser: Contender, winner: Contender | undefined): string {
  if (winner === undefined) return 'it matches, but a field of the request is not UTF-8';
  const at = loser.reasons.findIndex((one, index) => one !== winner.reasons[index]);
  if (at < 0) return `it matches and ranks the same as ${winner.route.id}, which is tried first`;
  return `it matches too, but ranks lower: ${loser.reasons[at] ?? ''}, where ${winner.route.id} has ${winner.reasons[at] ?? ''}`;
}
