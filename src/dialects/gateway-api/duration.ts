import type { Setting } from '../../sources/setting.ts';

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** A duration in ms (GEP-2257): up to four numbers of up to five digits, each with its unit. Undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,5}(?:h|ms|m|s)){1,4}$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(h|ms|m|s)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit as string] as number), 0);
}

/** In ms. */
export function readDuration(setting: Setting): number | undefined {
  const text = setting.string();
  if (text === undefined) return undefined;
  return (
    parseDuration(text) ??
    setting.problem('DG1203', `${setting.name} is ${JSON.stringify(text)}`, 'expected a duration like 500ms, 10s or 1m30s; 0s switches it off')
  );
}
