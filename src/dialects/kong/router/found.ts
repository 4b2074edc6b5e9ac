import type { Route } from '../../../model/gateway.ts';
import type { Seen } from './atc/fields.ts';

export interface Found {
  readonly route: Route;
  /** What of the path the route covered, in bytes. */
  readonly matched: string;
  readonly captures: Readonly<Record<string, string>>;
}

export interface Router {
  /** How many contenders there are. */
  readonly size: number;
  find(seen: Seen): Found | undefined;
  /** Every route that might have been chosen, in the order in which they rank. Only for who asks for an explanation. */
  contenders(seen: Seen): readonly Contender[];
}

/** A route, or a part of one, seen beside the others. */
export interface Contender {
  readonly route: Route;
  /** What the request lacks for it; none: it matches. */
  readonly lacks: readonly string[];
  /** What it ranks by, the weightiest first. The same number for every contender of a router. */
  readonly reasons: readonly string[];
}
