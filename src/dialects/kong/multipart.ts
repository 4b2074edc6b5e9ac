interface Part {
  readonly name: string;
  readonly headers: readonly string[];
  readonly value: string;
}

/** A multipart body as the library that Kong uses reads and writes it (Kong/lua-multipart). Texts are bytes, as latin1 characters. */
export class Multipart {
  readonly #boundary: string | undefined;
  #parts: Part[];

  constructor(body: string, contentType: string) {
    this.#boundary = boundaryOf(contentType);
    this.#parts = this.#boundary === undefined ? [] : decode(body, this.#boundary);
  }

  /** The value of the first part of that name. */
  get(name: string): string | undefined {
    return this.#parts.find((one) => one.name === name)?.value;
  }

  /** The names in their order; a list where a name comes more than once. */
  all(): Map<string, string | string[]> {
    const values = Map.groupBy(this.#parts, ({ name }) => name);
    return new Map([...values].map(([name, parts]) => [name, parts.length === 1 ? parts[0]!.value : parts.map(({ value }) => value)]));
  }

  /** A part that says nothing but its name, in the place of the first of that name or at the end. */
  setSimple(name: string, value: string): void {
    const part = { name, headers: [`Content-Disposition: form-data; name="${name}"`], value };
    const at = this.#parts.findIndex((one) => one.name === name);
    if (at < 0) this.#parts.push(part);
    else this.#parts[at] = part;
  }

  /** All parts of that name. */
  delete(name: string): void {
    this.#parts = this.#parts.filter((one) => one.name !== name);
  }

  toString(): string {
    if (this.#parts.length === 0) return '';
    const boundary = this.#boundary ?? 'devgateway';
    return `${this.#parts.map((one) => `--${boundary}\r\n${one.headers.map((line) => `${line}\r\n`).join('')}\r\n${one.value}\r\n`).join('')}--${boundary}--\r\n`;
  }
}

function boundaryOf(type: string): string | undefined {
  const given = /;\s*boundary=(\S+)/.exec(type)?.[1];
  const bare = given === undefined ? undefined : (/^(["'])(.*)\1$/.exec(given)?.[2] ?? given);
  return bare === '' ? undefined : bare;
}

function decode(body: string, boundary: string): Part[] {
  const parts: Part[] = [];
  const delimiter = `--${boundary}`;
  let at = body.startsWith(delimiter) ? 0 : body.indexOf(`\n${delimiter}`) + 1;
  if (at === 0 && !body.startsWith(delimiter)) return [];
  while (at < body.length) {
    const lineEnd = body.indexOf('\n', at);
    // What follows the last delimiter is nothing.
    if (lineEnd < 0 || body.startsWith('--', at + delimiter.length)) break;
    const next = body.indexOf(`\n${delimiter}`, lineEnd);
    const part = partOf(next < 0 ? body.slice(lineEnd + 1) : body.slice(lineEnd + 1, next).replace(/\r$/, ''));
    if (part !== undefined) parts.push(part);
    if (next < 0) break;
    at = next + 1;
  }
  return parts;
}

function partOf(text: string): Part | undefined {
  const empty = /^\r?\n/.exec(text);
  const split = empty === null ? /\r?\n\r?\n/.exec(text) : null;
  const head = empty !== null ? '' : split === null ? text : text.slice(0, split.index);
  const headers = head.split(/\r?\n/).filter((line) => line !== '');
  const disposition = headers.find((line) => /^content-disposition/i.test(line)) ?? '';
  const name = disposition
    .split(';')
    .slice(1)
    .map((one) => /^\s*name=(.*?)\s*$/i.exec(one)?.[1])
    .findLast((one) => one !== undefined);
  if (name === undefined) return undefined;
  return { name: name.slice(1, -1), headers, value: split === null ? '' : text.slice(split.index + split[0].length) };
}
