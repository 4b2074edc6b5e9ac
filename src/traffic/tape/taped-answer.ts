import type { Exchange } from '../../engine/exchange.ts';
import type { Answer } from '../../engine/kit.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { isBodiless } from '../../http/bodiless.ts';
import { acceptsCodings, encodeBytes } from '../../http/coded-bytes.ts';
import { Fields } from '../../http/fields.ts';
import { remint, type Resign } from './remint.ts';
import type { TapedAnswer } from './taped.ts';
import { redactedSignature } from './stand-ins.ts';

/** What the upstream answered, fit for who asks now: tokens that are good, codings that are accepted, a length that agrees. */
export async function answerFrom({ upstreamResponse, at }: TapedAnswer, exchange: Exchange, now: number, resign: Resign): Promise<Answer> {
  const { status, rawHeaders, body, coded } = upstreamResponse;
  const headers = new Fields(await Promise.all(rawHeaders.map((text) => remint(text, now - at, resign))));
  headers.filter((name) => !connectionFields.has(name));
  const { method, headers: asked } = exchange.outgoing;
  if (isBodiless(method, status)) return ownAnswer(status, headers.raw, Buffer.alloc(0));
  const plain = coded ? body : await remintBytes(body, now - at, resign);
  const bytes = coded ? plain : recoded(plain, headers, asked.joined('accept-encoding'));
  // What had no length then has none now: it is framed in chunks, as it was.
  if (!headers.has('content-length')) return { ...ownAnswer(status, headers.raw, bytes), length: undefined };
  headers.set('Content-Length', String(bytes.length));
  return ownAnswer(status, headers.raw, bytes);
}

/** Of the connection that the recording was made on. */
const connectionFields = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer']);

/** As the recording was coded, where the client takes that; else plain. */
function recoded(plain: Buffer, headers: Fields, accepts: string | undefined): Buffer {
  const coding = headers.joined('content-encoding');
  if (coding === undefined) return plain;
  try {
    if (acceptsCodings(accepts, coding)) return encodeBytes(plain, coding);
  } catch {
    // A coding that is not known here, on a tape that somebody else has made: it goes plain.
  }
  headers.remove('content-encoding');
  return plain;
}

async function remintBytes(bytes: Buffer, laterMs: number, resign: Resign): Promise<Buffer> {
  if (!bytes.includes(`.${redactedSignature}`)) return bytes;
  return Buffer.from(await remint(bytes.toString('latin1'), laterMs, resign), 'latin1');
}
