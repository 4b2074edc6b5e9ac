import type { KongRoute } from '../entities/route.ts';
import type { RouterFlavor } from '../node-settings.ts';

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
  | 'expression'
  | 'priority'
>;
export interface RouterOptions {
  readonly flavor: RouterFlavor;
  readonly trustedIps: readonly string[];
}
