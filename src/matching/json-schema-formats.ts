const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const isDate = (text: string): boolean => {
  const [, year, month, day] = date.exec(text) ?? [];
  if (year === undefined) return false;
  const parsed = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return parsed.getUTCMonth() === Number(month) - 1 && parsed.getUTCDate() === Number(day);
};
/** RFC 3339. */
export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['time', (text: string) => time.test(text)],
  ['date-time', (text: string) => /^.{10}[ T]/i.test(text) && isDate(text.slice(0, 10)) && time.test(text.slice(11))],
]);
