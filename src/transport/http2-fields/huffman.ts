/** Bits of the code of each octet, and of the end of the text (RFC 7541 appendix B). The code is canonical: this is all of it. */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13,
  6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20,
  22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23,
  23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
  27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const endOfText = 256;
const longest = 30;

/** For each length the first code, and where the symbols of that length begin among all of them in the order of their codes. */
const symbols = lengths.map((_, symbol) => symbol).sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
const firstCode: number[] = [];
const firstAt: number[] = [];
const counts: number[] = [];
for (let length = 0, code = 0, at = 0; length <= longest; length += 1) {
  const count = lengths.filter((one) => one === length).length;
  firstCode.push(code);
  firstAt.push(at);
  counts.push(count);
  code = (code + count) * 2;
  at += count;
}

/** The octets of a coded text. Undefined where it is no such text: padding that is too long or not of ones, or the end of the text in it. */
export function decodeHuffman(coded: Uint8Array): Uint8Array | undefined {
  const octets: number[] = [];
  let code = 0;
  let length = 0;
  for (const octet of coded) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      code = code * 2 + ((octet >> bit) & 1);
      length += 1;
      const index = code - (firstCode[length] as number);
      if (index >= (counts[length] as number)) continue;
      const symbol = symbols[(firstAt[length] as number) + index] as number;
      if (symbol === endOfText) return undefined;
      octets.push(symbol);
      code = 0;
      length = 0;
    }
  }
  return length < 8 && code === 2 ** length - 1 ? Uint8Array.from(octets) : undefined;
}
