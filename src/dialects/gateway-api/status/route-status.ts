import type { Route } from '../../../model/gateway.ts';
import type { Attachment } from '../routes/attachments.ts';
import type { ResolveBackend } from '../backends/resolve.ts';
import { isServed } from '../listeners/listeners.ts';
import type { Status } from './status.ts';

/** Keeps why references lead nowhere, for the conditions of their route. */
export const noting =
  (problems: string[], resolve: ResolveBackend): ResolveBackend =>
  (ref, from) => {
    const found = resolve(ref, from);
    if ('problem' in found) problems.push(found.problem);
    return found;
  };

/** Whether a filter answers instead of the rule, because nobody here knows it. */
export const hasUnknownFilter = ({ request }: Route): boolean => request.some(({ kind }) => kind === 'gateway-api/unknown-filter');

/** What a parent says of a route that its listeners take: `problems` are those of its references, `unknown` its rules with filters that nobody knows. */
export function settleRoute(status: Status, on: readonly Attachment[], problems: readonly string[], unknown: readonly boolean[]): void {
  status.served = on.some(({ listener }) => isServed(listener));
  for (const problem of problems) status.fails('ResolvedRefs', problem);
  status.holds('ResolvedRefs');
  if (on.length === 0) return;
  const rules = unknown.flatMap((one, at) => (one ? [at] : [])).join(', ');
  if (rules !== '' && unknown.every(Boolean))
    status.fails('Accepted', 'each rule has a filter that is not known, and answers 500 (UnsupportedValue)');
  // The text begins as the API wants it.
  else if (rules !== '') status.fails('PartiallyInvalid', `Dropped Rule ${rules}: a filter is not known, requests answer 500 (UnsupportedValue)`);
  status.holds('Accepted', 'Accepted', status.served ? '' : 'nothing listens for the listeners that take it');
}
