import { Redactor } from '../traffic/tape/secrets.ts';
import { isSecretName } from '../traffic/tape/secret-names.ts';
import type { LogLine } from '../transport/functions/instance.ts';

const hidden = '***';
/** A member as JSON and as node's `inspect` write it. */
const member = /((?:(['"])([\w.-]{1,100})\2|\b([\w.-]{1,100}))\s{0,4}[:=]\s{0,4})(['"])([^'"\r\n]{1,8000})\5/g;

/** What may be printed of what a function wrote: without the secrets of its environment, of headers and of tokens. */
export function withoutSecrets(text: string, environment: Readonly<Record<string, string>> = {}): string {
  let out = new Redactor(() => hidden).text(text, '');
  out = out.replaceAll(member, (whole: string, head: string, _quote: string, quoted: string | undefined, bare: string | undefined, mark: string) =>
    isSecretName(quoted ?? bare ?? '') ? `${head}${mark}${hidden}${mark}` : whole,
  );
  for (const [name, value] of Object.entries(environment)) if (value.length >= 6 && isSecretName(name)) out = out.replaceAll(value, hidden);
  return out;
}

/** `orders 5f0c… INFO  text`: each line says whose it is. */
export function logText({ function: name, requestId, level, text }: LogLine): string {
  const head = `${name} ${requestId === '' ? '-' : requestId} ${level.padEnd(5)} `;
  return text
    .split('\n')
    .map((line) => head + line)
    .join('\n');
}

/** Where nobody else listens: as if the function had run in this process. */
export function printLog(line: LogLine): void {
  if (line.level === 'ERROR' || line.level === 'WARN') console.error(logText(line));
  else console.log(logText(line));
}
