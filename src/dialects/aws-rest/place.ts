import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';

/** Where a stage of an API is served: below its own name, or below a base path of a custom domain. */
export interface Base {
  /** Empty, or `/` and segments. */
  readonly path: string;
  readonly api: string;
  readonly stage: string;
  /** Requests in a hundred that go to the canary; null where the stage has none. */
  readonly canaryPercent: number | null;
  readonly custom: boolean;
}
/** What a request came to. */
export interface Place extends Base {
  readonly canary: boolean;
}

/** Written by the matcher, for refusals too. */
export const places: Slot<Place> = slot('aws-rest/place');

/** By what routes and gateway responses of a stage, or of its canary, are found. */
export const deploymentKey = ({ api, stage, canary }: Pick<Place, 'api' | 'stage' | 'canary'>): string => `${api}/${stage}${canary ? ' canary' : ''}`;

/** The path below the base, undefined where it is not below it. A run of slashes after the base counts as one. */
export function below(base: string, path: string): string | undefined {
  if (path !== base && !path.startsWith(`${base}/`)) return undefined;
  return `/${path.slice(base.length).replace(/^\/+/, '')}`;
}

export const pathInPlace = (exchange: Exchange): string => below(exchange.read(places)?.path ?? '', exchange.path) ?? exchange.path;
