import type { RealIp } from '../client-address.ts';
import type { KongRoute } from '../entities/route.ts';
import type { RouterFlavor } from '../node-settings.ts';
import type { Calculation } from './rank.ts';

export type { RouterFlavor };

/** What the compiler writes into `Route.when`: the attributes that a Kong route is chosen by. */
export type KongWhen = Pick<
  KongRoute,
  | 'hosts'
  | 'paths'
  | 'methods'
  | 'headers'
  | 'snis'
  | 'protocols'
  | 'sources'
  | 'destinations'
  | 'regexPriority'
  | 'createdAt'
  | 'id'
  | 'name'
  | 'expression'
  | 'priority'
>;
export interface RouterOptions {
  readonly flavor: RouterFlavor;
  readonly calculation: Calculation;
  readonly realIp: RealIp;
  /** The port that the world sees, by the port of the listener. */
  readonly portMaps: Readonly<Record<string, number>>;
}

const streams: ReadonlySet<string> = new Set(['tcp', 'udp', 'tls', 'tls_passthrough']);

/** Routes of streams are not in the router for HTTP; nor are those without any condition, which Kong cannot categorize. */
export function isForHttp(when: KongWhen): boolean {
  const { hosts, paths, methods, headers, snis, sources, destinations, expression } = when;
  const conditions = [hosts, paths, methods, headers, snis, sources, destinations].some((one) => one.length > 0) || expression !== '';
  return conditions && when.protocols.some((one) => !streams.has(one));
}
