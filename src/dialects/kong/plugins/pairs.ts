import type { Setting } from '../../../sources/setting.ts';

export type Pair = readonly [name: string, value: string];

/** What a transformer does to fields with text values, in this order. */
export interface PairEdits {
  readonly remove: readonly string[];
  readonly rename: readonly Pair[];
  readonly replace: readonly Pair[];
  readonly add: readonly Pair[];
  readonly append: readonly Pair[];
}

/** `name:value` texts as Kong's transformers write them; the first colon divides. */
export const readPairs = (setting: Setting): Pair[] =>
  setting.strings().map((text) => {
    const at = text.indexOf(':');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  });
