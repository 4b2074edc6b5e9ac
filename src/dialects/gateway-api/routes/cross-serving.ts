import type { Attachment, Link } from './attachments.ts';
import { intersection } from '../matching/hostnames.ts';
import type { GatewayListener } from '../listeners/listeners.ts';
import { ageOf } from '../objects/objects.ts';
import { byAge } from '../matching/precedence.ts';
import { nameOf } from '../status/status.ts';

interface Entry {
  readonly link: Link;
  readonly attachment: Attachment;
}

/**
 * A host of a listener belongs to HTTPRoutes or to GRPCRoutes: of two of different kinds that have one in common, the older is accepted, then
 * the first by name. Source: the API reference of GRPCRouteSpec, hostnames.
 */
export function withoutCrossServing(links: readonly Link[]): Link[] {
  const entries = links
    .filter(({ route }) => route.kind !== 'TLSRoute')
    .flatMap((link) => link.on.map((attachment): Entry => ({ link, attachment })))
    // Of one that no manifest has nobody knows how many listeners share the routes.
    .filter(({ attachment }) => attachment.gateway.implied !== true);
  const refused = new Set<Attachment>();
  for (const there of Map.groupBy(entries, (one): GatewayListener => one.attachment.listener).values())
    if (new Set(there.map(({ link }) => link.route.kind)).size > 1) for (const one of refusedAmong(there)) refused.add(one);
  return links.map((link) => {
    const on = link.on.filter((one) => !refused.has(one));
    if (on.length === link.on.length) return link;
    const names = link.on.filter((one) => refused.has(one)).map(({ listener }) => listener.name);
    const problem = `on the listener ${names.join(', ')} a route of another kind that goes before it has one of its hosts (HostnameConflict)`;
    link.status.tells(on.length === 0 ? 'Accepted' : null, problem, 'it is not served there', { code: 'DG1206' });
    return { ...link, on };
  });
}

function refusedAmong(entries: readonly Entry[]): Attachment[] {
  const accepted: Entry[] = [];
  const refused: Attachment[] = [];
  for (const one of entries.toSorted(
    (a, b) => byAge(ageOf(a.link.route), ageOf(b.link.route)) || (nameOf(a.link.route) < nameOf(b.link.route) ? -1 : 1),
  ))
    if (accepted.some((other) => other.link.route.kind !== one.link.route.kind && share(other.attachment.hosts, one.attachment.hosts)))
      refused.push(one.attachment);
    else accepted.push(one);
  return refused;
}

const share = (some: readonly string[], others: readonly string[]): boolean => some.some((one) => intersection(one, others) !== null);
