import type { UpstreamTls } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';

/** What a reference leads to: an upstream as `namespace/service:port`, or why to nothing. */
export type ResolvedBackend = { readonly upstream: string; readonly protocol?: 'h2c'; readonly tls?: UpstreamTls } | { readonly problem: string };

/** Finds the backend of a reference that stands in `namespace`. Reads its group, kind, name, namespace and port. */
export type ResolveBackend = (ref: Setting, namespace: string) => ResolvedBackend;

/** What readers of a rule know beside it. */
export interface RuleFacts {
  /** Kind, namespace and name of the route: of which sessions are. */
  readonly route: string;
  /** Of the route. */
  readonly namespace: string;
  readonly resolve: ResolveBackend;
}
