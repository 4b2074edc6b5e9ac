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
/** Routes of streams are not in the router for HTTP. */
export const isForHttp = ({ protocols }: KongWhen): boolean => protocols.some((one) => !streams.has(one));
