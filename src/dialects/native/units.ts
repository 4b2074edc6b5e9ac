import type { Setting } from '../../sources/setting.ts';

const times: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const sizes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_024,
  kb: 1_024,
  m: 1_048_576,
  mb: 1_048_576,
  g: 1_073_741_824,
  gb: 1_073_741_824,
};

/** `500ms`, `10s`, `1m`, `2h`, `1d`; a bare unit is one of it; a bare number is seconds. In ms. */
export function readDuration(setting: Setting): number | undefined {
  const text = setting.string();
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)?\s*(ms|s|m|h|d)?$/.exec(text.trim());
  const ms = match === null || text.trim() === '' ? 0 : Number(match[1] ?? 1) * (times[match[2] ?? 's'] as number);
  return ms > 0
    ? ms
    : setting.problem('DG1203', `${setting.name} is ${JSON.stringify(text)}`, 'expected a time above 0 such as 500ms, 10s, 1m, 2h or 1d');
}

/** `512`, `10kb`, `1mb`. In bytes. */
export function readSize(setting: Setting): number | undefined {
  const text = setting.string();
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match === null ? undefined : sizes[(match[2] as string).toLowerCase()];
  if (match === null || factor === undefined)
    return setting.problem('DG1203', `${setting.name} is ${JSON.stringify(text)}`, 'expected a size such as 512, 10kb or 1mb');
  return Math.floor(Number(match[1]) * factor);
}
