const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds of `10 minutes`, `1h`, `in 5 days`, `90` (seconds). @throws TypeError for anything else. */
export function secondsOf(text: string | number): number {
  const match = /^(?:in\s+)?(\d+(?:\.\d+)?)\s*(?:(s|m|h|d|w|y)[a-z]*)?$/i.exec(String(text).trim());
  const seconds = match === null ? Number.NaN : Number(match[1]) * (units[(match[2] ?? 's').toLowerCase()] as number);
  if (Number.isFinite(seconds)) return seconds;
  throw new TypeError(`${JSON.stringify(text)} is no time: expected words such as 10 minutes, 1h, in 5 days`);
}
