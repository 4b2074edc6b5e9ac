/** An address as its four or sixteen bytes, or undefined. IPv4 inside IPv6 (`::ffff:1.2.3.4`) counts as IPv4; a zone is left out. */
export function addressBytes(text: string): Uint8Array | undefined {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  if (!bare.includes(':')) return zone < 0 ? v4(bare) : undefined;
  const bytes = v6(bare);
  return bytes !== undefined && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

function v4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [at, part] of parts.entries()) {
    // A leading zero is octal to some readers and decimal to others: an address that means two things is none.
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[at] = Number(part);
  }
  return bytes;
}

function v6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : groups(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]);
}

function groups(text: string): number[] | undefined {
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    if (at === parts.length - 1 && part.includes('.')) {
      const last = v4(part);
      if (last === undefined) return undefined;
      bytes.push(...last);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes;
}

const isMapped = (bytes: Uint8Array): boolean => bytes[10] === 255 && bytes[11] === 255 && bytes.subarray(0, 10).every((one) => one === 0);

interface Block {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

function blockOf(text: string): Block | undefined {
  const slash = text.indexOf('/');
  const bytes = addressBytes(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const most = bytes.length * 8;
  if (slash < 0) return { bytes, bits: most };
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length)) return undefined;
  // `::ffff:10.0.0.0/104` is written with IPv6's length.
  const bits = bytes.length === 4 && text.includes(':') ? Number(length) - 96 : Number(length);
  return bits < 0 || bits > most ? undefined : { bytes, bits };
}

/** Whether a text is an address or a CIDR block. */
export const isCidr = (text: string): boolean => blockOf(text) !== undefined;

/** A test for addresses within any of these blocks. What is not an address is in none. @throws TypeError for a text that is no block. */
export function cidrMatcher(blocks: readonly string[]): (address: string) => boolean {
  const compiled = blocks.map((text) => {
    const block = blockOf(text);
    if (block === undefined) throw new TypeError(`${JSON.stringify(text)} is not an address or a CIDR block`);
    return block;
  });
  if (compiled.length === 0) return () => false;
  return (address) => {
    const bytes = addressBytes(address);
    return bytes !== undefined && compiled.some((block) => within(bytes, block));
  };
}

function within(address: Uint8Array, { bytes, bits }: Block): boolean {
  if (address.length !== bytes.length) return false;
  const whole = bits >> 3;
  for (let at = 0; at < whole; at += 1) if (address[at] !== bytes[at]) return false;
  const rest = bits & 7;
  return rest === 0 || (((address[whole] as number) ^ (bytes[whole] as number)) & (0xff << (8 - rest)) & 0xff) === 0;
}
