const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');

/** `Thu Nov 28 04:24:11 UTC 2019` */
function javaDate(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return String(seconds);
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${two(at.getUTCDate())} ${time} UTC ${at.getUTCFullYear()}`;
}

/** Claims as functions and templates of REST APIs get them: all of them texts, dates and lists too. Source: events of deployed APIs. */
export function claimTexts(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => {
      if (typeof value === 'number' && (name === 'exp' || name === 'iat')) return [name, javaDate(value)];
      if (typeof value === 'string') return [name, value];
      if (Array.isArray(value)) return [name, value.map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(',')];
      return [name, JSON.stringify(value)];
    }),
  );
}
