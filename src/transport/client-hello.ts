/** What the first bytes of a connection say: `more` is to come, or it is no TLS, or it is, with a server name or without one (empty). */
export type Hello = 'more' | 'none' | { readonly serverName: string };

/** Of a hello that is longer nobody would know the end. */
const mostBytes = 65_536;

/**
 * Reads the server name (SNI) of a TLS connection before anybody has answered it. Source: RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3.
 */
export function readHello(bytes: Buffer): Hello {
  if (bytes.length > mostBytes) return 'none';
  const handshake = handshakeIn(bytes);
  if (handshake === 'none') return 'none';
  if (handshake.length < 4) return handshake.length > 0 && handshake[0] !== clientHello ? 'none' : 'more';
  if (handshake[0] !== clientHello) return 'none';
  const length = handshake.readUIntBE(1, 3);
  if (length > mostBytes) return 'none';
  if (handshake.length < 4 + length) return 'more';
  try {
    return { serverName: serverNameOf(new Reader(handshake.subarray(4, 4 + length))) };
  } catch (error) {
    if (error instanceof RangeError) return 'none';
    throw error;
  }
}
const clientHello = 1;

/** What the records carry so far: a message may be spread over several. */
function handshakeIn(bytes: Buffer): Buffer | 'none' {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    // Type 22 is a handshake; every version of a record begins with 3.
    if (bytes[at] !== 22 || (bytes[at + 1] ?? 3) !== 3) return parts.length === 0 ? 'none' : Buffer.concat(parts);
    if (bytes.length < at + 5) break;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function serverNameOf(hello: Reader): string {
  hello.skip(2 + 32);
  hello.block(1);
  hello.block(2);
  hello.block(1);
  if (hello.done) return '';
  const extensions = hello.block(2);
  while (!extensions.done) {
    const type = extensions.number(2);
    const body = extensions.block(2);
    if (type !== 0) continue;
    const names = body.block(2);
    while (!names.done) {
      const kind = names.number(1);
      const name = names.block(2);
      if (kind === 0) return name.text.toLowerCase();
    }
  }
  return '';
}

/** Reads numbers, and blocks that say their length first. @throws RangeError where there is less than was said. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  get text(): string {
    return this.#bytes.toString('latin1');
  }
  number(size: 1 | 2): number {
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }
  skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('the message is too short');
  }
  block(size: 1 | 2): Reader {
    const length = this.number(size);
    const from = this.#at;
    this.skip(length);
    return new Reader(this.#bytes.subarray(from, from + length));
  }
}
