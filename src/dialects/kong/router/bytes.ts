// oxlint-disable-next-line no-control-regex
const ascii = /^[\x00-\x7f]*$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes that stand as latin1 characters, as the Unicode that they spell in UTF-8; null where they spell none. */
export function unicode(bytes: string): string | null {
  if (ascii.test(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}

/** The other way round. */
export const bytesOf = (text: string): string => (ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1'));
