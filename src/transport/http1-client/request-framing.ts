import type { BodySource } from '../../http/body.ts';

/** How the receiver knows where the body of a request ends: by its length in bytes, by the chunked coding, or because there is none. */
export type RequestFraming = number | 'chunked' | 'none';

/**
 * What the fields say of it. `headers` is flat: name, value.
 * @throws TypeError where they disagree with each other or with the body: the rest would be read as another request.
 */
export function framingOf(headers: readonly string[], body: Buffer | BodySource | null, httpVersion: '1.0' | '1.1'): RequestFraming {
  let framing: RequestFraming = 'none';
  for (let at = 0; at < headers.length; at += 2) {
    const { length } = headers[at] as string;
    if (length !== 14 && length !== 17) continue;
    const name = (headers[at] as string).toLowerCase();
    if (name !== 'content-length' && name !== 'transfer-encoding') continue;
    const text = headers[at + 1] as string;
    if (framing !== 'none' || !(name === 'content-length' ? /^\d{1,15}$/ : /^chunked$/i).test(text)) throw disagreement();
    framing = name === 'content-length' ? Number(text) : 'chunked';
  }
  if (framing === 'chunked' && httpVersion === '1.0') throw disagreement();
  if (body === null ? framing !== 'none' && framing !== 0 : framing === 'none') throw disagreement();
  if (Buffer.isBuffer(body) && body.length !== framing) throw disagreement();
  return framing;
}

const disagreement = (): TypeError => new TypeError('Content-Length and Transfer-Encoding do not say how long the body is');
