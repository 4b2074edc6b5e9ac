import { decodeHuffman } from './huffman.ts';

/** What has to be known of a field to judge it, and to keep the dynamic table in step. */
interface Seen {
  readonly nameLength: number;
  readonly nameIsGood: boolean;
  readonly size: number;
  readonly valueIsGood: boolean;
}
interface Text {
  readonly octets: Uint8Array;
  readonly next: number;
}

/** Lengths of the names of the static table (RFC 7541 appendix A), from index 1 on. */
const staticNames: readonly number[] = [
  0, 10, 7, 7, 5, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 14, 15, 15, 13, 6, 27, 3, 5, 13, 13, 19, 16, 16, 14, 16, 13, 12, 6, 4, 4, 6, 7, 4, 4, 8, 17, 13, 8,
  19, 13, 4, 8, 12, 18, 19, 5, 7, 7, 11, 6, 10, 25, 17, 10, 4, 3, 16,
];
/** What a server allows by default (RFC 9113 section 6.5.2); ours says nothing else. */
const maxTableSize = 4096;

class BrokenBlock extends Error {}

/** Reads header blocks (RFC 7541) one after the other, and tells of each whether all its fields could be fields at all. */
export class HeaderBlockReader {
  readonly #table: Seen[] = [];
  #tableSize = 0;
  #limit = maxTableSize;

  /** @throws where the block cannot be decoded. */
  read(block: Uint8Array): boolean {
    let good = true;
    for (let at = 0; at < block.length;) {
      const first = block[at] as number;
      if (first >= 0x80) {
        const index = integer(block, at, 7);
        good &&= this.#isGood(index.value);
        at = index.next;
      } else if (first >= 0x40) {
        const field = this.#literal(block, at, 6);
        this.#insert(field.seen);
        good &&= field.seen.nameIsGood && field.seen.valueIsGood;
        at = field.next;
      } else if (first >= 0x20) {
        const size = integer(block, at, 5);
        if (size.value > maxTableSize) throw new BrokenBlock('a dynamic table larger than was allowed');
        this.#limit = size.value;
        this.#evict();
        at = size.next;
      } else {
        const field = this.#literal(block, at, 4);
        good &&= field.seen.nameIsGood && field.seen.valueIsGood;
        at = field.next;
      }
    }
    return good;
  }

  #isGood(index: number): boolean {
    if (index > 0 && index < staticNames.length) return true;
    const { nameIsGood, valueIsGood } = this.#entry(index);
    return nameIsGood && valueIsGood;
  }

  #entry(index: number): Seen {
    const entry = this.#table[index - staticNames.length];
    if (index <= 0 || entry === undefined) throw new BrokenBlock(`no entry ${index}`);
    return entry;
  }

  #literal(block: Uint8Array, start: number, bits: number): { readonly seen: Seen; readonly next: number } {
    const index = integer(block, start, bits);
    let at = index.next;
    let name: Pick<Seen, 'nameLength' | 'nameIsGood'>;
    if (index.value === 0) {
      const text = textAt(block, at);
      name = { nameLength: text.octets.length, nameIsGood: isName(text.octets) };
      at = text.next;
    } else if (index.value < staticNames.length) name = { nameLength: staticNames[index.value] as number, nameIsGood: true };
    else name = this.#entry(index.value);
    const { nameLength, nameIsGood } = name;
    const value = textAt(block, at);
    return { seen: { nameLength, nameIsGood, valueIsGood: isValue(value.octets), size: nameLength + value.octets.length + 32 }, next: value.next };
  }

  #insert(entry: Seen): void {
    this.#table.unshift(entry);
    this.#tableSize += entry.size;
    this.#evict();
  }

  #evict(): void {
    while (this.#tableSize > this.#limit) this.#tableSize -= (this.#table.pop() as Seen).size;
  }
}

/** RFC 7541 section 5.1; bounded, as no length or index here can be larger than a block. */
function integer(block: Uint8Array, start: number, bits: number): { readonly value: number; readonly next: number } {
  const mask = 2 ** bits - 1;
  let value = (block[start] ?? 0) & mask;
  let at = start + 1;
  if (start >= block.length) throw new BrokenBlock('ends in the middle');
  if (value < mask) return { value, next: at };
  for (let shift = 0; shift <= 28; shift += 7, at += 1) {
    const octet = block[at];
    if (octet === undefined) throw new BrokenBlock('ends in the middle');
    value += (octet & 127) * 2 ** shift;
    if (octet < 128) return { value, next: at + 1 };
  }
  throw new BrokenBlock('a number that is too large');
}

function textAt(block: Uint8Array, start: number): Text {
  const length = integer(block, start, 7);
  const next = length.next + length.value;
  if (next > block.length) throw new BrokenBlock('ends in the middle');
  const raw = block.subarray(length.next, next);
  if (((block[start] as number) & 0x80) === 0) return { octets: raw, next };
  const octets = decodeHuffman(raw);
  if (octets === undefined) throw new BrokenBlock('a text that is no Huffman code');
  return { octets, next };
}

const tokenOctets = new Set(Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"));
const colon = 58;
/** A lower-case token, or that of a pseudo field (RFC 9113 section 8.2.1). */
function isName(octets: Uint8Array): boolean {
  const from = octets[0] === colon ? 1 : 0;
  for (let at = from; at < octets.length; at += 1) if (!tokenOctets.has(octets[at] as number)) return false;
  return octets.length > from;
}
/** No control but the tab (RFC 9110 section 5.5). */
const isValue = (octets: Uint8Array): boolean => octets.every((octet) => (octet >= 32 && octet !== 127) || octet === 9);
