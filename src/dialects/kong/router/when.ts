import type { Peer } from '../entities/route.ts';
import type { RouterFlavor } from '../node-settings.ts';

/** What the compiler writes into `Route.when`: the attributes of a Kong route. */
export interface KongWhen {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly (readonly [string, readonly string[]])[];
  readonly snis: readonly string[];
  readonly protocols: readonly string[];
  readonly sources: readonly Peer[];
  readonly destinations: readonly Peer[];
  readonly regexPriority: number;
  readonly createdAt: number;
  readonly id: string;
  readonly expression: string;
  readonly priority: number;
}
export interface RouterOptions {
  readonly flavor: RouterFlavor;
  readonly trustedIps: readonly string[];
}
