import { Fields } from '../../http/fields.ts';
import { Malformed } from './malformed.ts';

/** The head of one answer, and what its fields say of its body and of its connection. */
export interface ReadHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Fields;
  /** Undefined where it is not given. */
  readonly length: number | undefined;
  readonly chunked: boolean;
  /** Whether another answer may follow on the connection, as far as the head says so. */
  readonly persistent: boolean;
  /** For how many seconds an idle connection is kept, where the upstream says so. */
  readonly keepAlive: number | undefined;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- exactly the characters that RFC 9110 section 5.5 allows in a value
const value = /^[\t\x20-\x7e\x80-\xff]*$/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const maxFields = 1_000;

/** Reads a head without its last empty line. Throws Malformed for all that two readers might understand differently. */
export function readHead(text: string): ReadHead {
  const lines = text.split('\r\n');
  const line = statusLine.exec(lines[0] as string);
  if (line === null) throw new Malformed('not a status line of HTTP/1.x');
  const raw = readFields(lines, 1);
  const said = framingFields(raw);
  const oldest = line[1] === '0';
  if (said.chunked && (said.length !== undefined || oldest)) throw new Malformed('Transfer-Encoding with Content-Length or HTTP/1.0');
  return {
    status: Number(line[2]),
    statusText: line[3] ?? '',
    headers: new Fields(raw),
    length: said.length,
    chunked: said.chunked,
    persistent: !oldest && !said.close,
    keepAlive: said.keepAlive,
  };
}

/** Field lines from one on, as a flat list of names and values. */
export function readFields(lines: readonly string[], from = 0): string[] {
  if (lines.length > maxFields) throw new Malformed(`more than ${maxFields} fields`);
  const raw: string[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    if (!token.test(name)) throw new Malformed('not a header field');
    const text = line.slice(colon + 1);
    if (!value.test(text)) throw new Malformed(`a character that is not allowed in the field ${name}`);
    raw.push(name, withoutSpace(text));
  }
  return raw;
}

function withoutSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}
const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

interface FramingFields {
  length: number | undefined;
  chunked: boolean;
  close: boolean;
  keepAlive: number | undefined;
}

/** RFC 9112 section 6. Lengths of names first: most fields pass without a further look. */
function framingFields(raw: readonly string[]): FramingFields {
  const said: FramingFields = { length: undefined, chunked: false, close: false, keepAlive: undefined };
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    if (name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const text = raw[at + 1] as string;
    switch (name.toLowerCase()) {
      case 'content-length':
        if (said.length !== undefined || !/^\d{1,15}$/.test(text)) throw new Malformed('Content-Length is not one number');
        said.length = Number(text);
        break;
      case 'transfer-encoding':
        if (said.chunked || text.toLowerCase() !== 'chunked') throw new Malformed('a transfer coding other than chunked');
        said.chunked = true;
        break;
      case 'connection':
        said.close ||= /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(text);
        break;
      case 'keep-alive':
        said.keepAlive ??= secondsOf(text);
    }
  }
  return said;
}

function secondsOf(text: string): number | undefined {
  const found = /(?:^|,)[\t ]*timeout[\t ]*=[\t ]*"?(\d{1,9})/i.exec(text);
  return found === null ? undefined : Number(found[1]);
}
