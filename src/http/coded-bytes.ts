import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';

/** What one body may become when it is unpacked: a small one can hold a very large one. */
const maxOutputLength = 256 * 1_048_576;

type Coder = (bytes: Buffer) => Buffer;

/** Senders of `deflate` disagree on whether a zlib wrapper belongs around it (RFC 9110 section 8.4.1.2). */
const inflateEither: Coder = (bytes) => {
  try {
    return inflateSync(bytes, { maxOutputLength });
  } catch {
    return inflateRawSync(bytes, { maxOutputLength });
  }
};

const coders: Readonly<Record<string, { readonly encode: Coder; readonly decode: Coder }>> = {
  gzip: { encode: (bytes) => gzipSync(bytes), decode: (bytes) => gunzipSync(bytes, { maxOutputLength }) },
  'x-gzip': { encode: (bytes) => gzipSync(bytes), decode: (bytes) => gunzipSync(bytes, { maxOutputLength }) },
  deflate: { encode: (bytes) => deflateSync(bytes), decode: inflateEither },
  br: { encode: (bytes) => brotliCompressSync(bytes), decode: (bytes) => brotliDecompressSync(bytes, { maxOutputLength }) },
  zstd: { encode: (bytes) => zstdCompressSync(bytes), decode: (bytes) => zstdDecompressSync(bytes, { maxOutputLength }) },
};

const listOf = (contentEncoding: string | undefined): string[] =>
  (contentEncoding ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'identity');

/** Undoes the codings of a Content-Encoding, the last one first. Null where one is not known or the bytes are not what it says. */
export function decodeBytes(bytes: Buffer, contentEncoding: string | undefined): Buffer | null {
  const codings = listOf(contentEncoding);
  if (codings.length === 0 || bytes.length === 0) return bytes;
  try {
    return codings.reduceRight((coded, one) => coderOf(one).decode(coded), bytes);
  } catch {
    return null;
  }
}

/** Puts the codings back. Throws TypeError for one that is not known. */
export const encodeBytes = (bytes: Buffer, contentEncoding: string | undefined): Buffer =>
  bytes.length === 0 ? bytes : listOf(contentEncoding).reduce((plain, one) => coderOf(one).encode(plain), bytes);

function coderOf(name: string): (typeof coders)[string] {
  const coder = Object.hasOwn(coders, name) ? coders[name] : undefined;
  if (coder === undefined) throw new TypeError(`there is no content coding ${JSON.stringify(name)} here`);
  return coder;
}

/** Whether an Accept-Encoding takes all of these codings (RFC 9110 section 12.5.3). Without the field everything is taken. */
export function acceptsCodings(acceptEncoding: string | undefined, contentEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return true;
  const weights = new Map(
    acceptEncoding.split(',').map((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((part) => part.startsWith('q='));
      return [name, weight === undefined ? 1 : Number(weight.slice(2))] as const;
    }),
  );
  return listOf(contentEncoding).every((one) => (weights.get(one) ?? weights.get('*') ?? 0) > 0);
}
