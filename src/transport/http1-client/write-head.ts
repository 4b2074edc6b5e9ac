/** What is sent, byte for byte: nothing is sorted, added or tidied up. Strings hold latin1 characters. */
export interface RequestHead {
  readonly method: string;
  /** May hold anything but line ends and NUL: spaces, `*`, raw bytes. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1';
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- characters that would end a line, or that latin1 cannot say
const unwritable = /[\0\r\n]|[^\0-\xff]/;

/** The head of a request, as latin1. @throws TypeError where a part would break the message apart. */
export function writeHead({ method, target, httpVersion, headers }: RequestHead): string {
  if (!token.test(method)) throw new TypeError(`${JSON.stringify(method)} is not a method`);
  if (target === '' || unwritable.test(target)) throw new TypeError(`the target ${JSON.stringify(target)} cannot be sent`);
  return `${method} ${target} HTTP/${httpVersion}\r\n${writeFields(headers)}\r\n`;
}

/** Field lines, each with its end. @throws TypeError */
export function writeFields(fields: readonly string[]): string {
  let text = '';
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] as string;
    const value = fields[at + 1] as string;
    if (!token.test(name) || unwritable.test(value)) throw new TypeError(`the field ${JSON.stringify(name)} cannot be sent`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
