import { slot, type Slot } from '../../engine/slot.ts';

/** The entities that a request was matched to (`kong.router.get_route`, `get_service`), by their ids. */
export interface Matched {
  readonly route: string;
  /** Empty: the route has no service. */
  readonly service: string;
}
export const matchedSlot: Slot<Matched> = slot('kong matched');
