import type { Route } from '../../../model/gateway.ts';
import type { Seen } from './atc/fields.ts';

export interface Found {
  readonly route: Route;
  /** What of the path the route covered, in bytes. */
  readonly matched: string;
  readonly captures: Readonly<Record<string, string>>;
}

/** Why a route was not chosen. */
export interface Loser {
  readonly route: Route;
  readonly why: string;
}

export interface Router {
  find(seen: Seen): Found | undefined;
  /** Why the nearest others lost to what was found; also where nothing was. */
  explain(seen: Seen, found: Found | undefined): readonly Loser[];
}
