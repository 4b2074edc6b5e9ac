import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}
/** A stage of an API as it is deployed. */
export interface Stage {
  /** `$default` is the stage without a place in the path. */
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly throttle: Throttle | null;
  /** By route key: each stands in the place of `throttle`. */
  readonly routeThrottles: Readonly<Record<string, Throttle>>;
}
/** Where a stage of an API is served: below its own name, or below the key of an API mapping. */
export interface Base {
  /** Empty, or `/` and segments. */
  readonly path: string;
  readonly api: string;
  readonly stage: Stage;
}
/** What the matcher understands. */
export interface When {
  readonly api: string;
  /** `$default`, or a path with `{name}` and `{name+}`. */
  readonly path: string;
  /** Upper-case, or `ANY`. */
  readonly method: string;
}

/** Written by the matcher, for refusals too. */
export const bases: Slot<Base> = slot('aws-http/base');

export const routeKeyOf = ({ path, method }: When): string => (path === '$default' ? path : `${method} ${path}`);
export const routeKey = ({ route }: Exchange): string => (route === null ? '' : routeKeyOf(route.when as When));

/** The path below the base. */
export const pathInBase = (exchange: Exchange): string => exchange.path.slice(exchange.read(bases)?.path.length ?? 0) || '/';
