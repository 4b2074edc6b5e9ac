import type { Setting } from '../../../sources/setting.ts';

export type Pair = readonly [name: string, value: string];

/** `name:value` texts as Kong's transformers write them; the first colon divides. */
export const readPairs = (setting: Setting): Pair[] =>
  setting.strings().map((text) => {
    const at = text.indexOf(':');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  });
