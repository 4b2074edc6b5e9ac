import type { UpstreamTls } from '../../../model/gateway.ts';
import type { Endpoint } from './endpoints.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { TrafficPolicy } from './traffic-policy.ts';

/** What a reference leads to. */
export interface Resolved {
  /** As `namespace/service:port`. */
  readonly upstream: string;
  readonly protocol?: 'h2c';
  readonly tls?: UpstreamTls;
  /** That are ready; undefined where nobody knows any. */
  readonly endpoints?: readonly Endpoint[];
  /** Why there is none. */
  readonly unready?: string;
  /** What is said of all requests to it. */
  readonly traffic?: TrafficPolicy;
}
/** That, or why a reference leads to nothing. */
export type ResolvedBackend = Resolved | { readonly problem: string };

/** Finds the backend of a reference that stands in `namespace`. Reads its group, kind, name, namespace and port. */
export type ResolveBackend = (ref: Setting, namespace: string) => ResolvedBackend;

/** What readers of a rule know beside it. */
export interface RuleFacts {
  /** Of the route. */
  readonly kind: string;
  /** Kind, namespace and name of the route: of which sessions are. */
  readonly route: string;
  /** Of the route. */
  readonly namespace: string;
  readonly resolve: ResolveBackend;
}
