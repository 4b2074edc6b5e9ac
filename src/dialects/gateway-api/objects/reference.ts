import type { Setting } from '../../../sources/setting.ts';

/** What a reference names, in whichever namespace. */
export interface Reference {
  /** The API group; empty: the core. */
  readonly of: string;
  readonly kind: string;
  readonly name: string;
}

/** A reference whose group is by default the core. `usual`: the kind where none is said. */
export const readReference = (ref: Setting, usual = ''): Reference => ({
  of: ref.get('group').string() ?? '',
  kind: ref.get('kind').string() ?? usual,
  name: ref.get('name').string() ?? '',
});
