import type { ServerResponse } from 'node:http';
import type { Exchange, ResponseState } from '../engine/exchange.ts';
import type { Responder } from '../engine/run.ts';
import type { BodySink } from '../http/body.ts';
import { isBodiless } from '../http/bodiless.ts';

/** Writes a response on a node ServerResponse: names, order and repetition as they are. */
export class NodeResponder implements Responder {
  readonly #res: ServerResponse;
  readonly #declined: (() => void) | null;

  /** `declined`: takes over what no route matched, instead of the words for it. */
  constructor(res: ServerResponse, declined: (() => void) | null = null) {
    this.#res = res;
    this.#declined = declined;
  }

  send(exchange: Exchange, response: ResponseState): Promise<void> | undefined {
    const res = this.#res;
    const { headers, body, status } = response;
    if (res.destroyed || res.headersSent) {
      body.abandon();
      return undefined;
    }
    if (this.#declined !== null && exchange.fault?.kind === 'no-route') {
      body.abandon();
      this.#declined();
      return undefined;
    }
    const bodiless = isBodiless(exchange.arrived.method, status);
    const length = headers.get('content-length');
    if (length === undefined && !bodiless && body.length !== undefined) headers.append('Content-Length', String(body.length));
    if (headers.has('date')) res.sendDate = false;
    if (response.statusText === undefined) res.writeHead(status, headers.raw as never);
    else res.writeHead(status, response.statusText, headers.raw as never);
    if (bodiless) {
      body.abandon();
      res.end();
      return undefined;
    }
    if (body.buffered !== null) {
      endWith(res, body.buffered);
      return undefined;
    }
    return this.#stream(response);
  }

  #stream({ body }: ResponseState): Promise<void> {
    const res = this.#res;
    const expected = body.length;
    const source = body.take();
    if (source === null) {
      res.end();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      let written = 0;
      let waiting = false;
      const drained = (): void => {
        waiting = false;
        source.resume();
      };
      const closed = (): void => {
        source.abandon();
        resolve();
      };
      res.on('close', closed);
      const finish = (act: () => void): void => {
        res.removeListener('close', closed);
        act();
        resolve();
      };
      const sink: BodySink = {
        write(chunk) {
          written += chunk.length;
          if (written === expected) {
            finish(() => endWith(res, chunk));
            return true;
          }
          const room = res.write(chunk);
          if (!room && !waiting) {
            waiting = true;
            res.once('drain', drained);
          }
          return room;
        },
        end(trailers) {
          if (res.writableEnded) return;
          if (trailers.length > 0) res.addTrailers(pairsOf(trailers));
          finish(() => res.end());
        },
        fail: () => finish(() => res.destroy()),
      };
      source.pipe(sink);
    });
  }
}

/** Node writes head and text in one piece, head and bytes in two: for small bodies the copy is cheaper than the second piece. */
function endWith(res: ServerResponse, bytes: Buffer): void {
  if (bytes.length > 8192) res.end(bytes);
  else res.end(bytes.toString('latin1'), 'latin1');
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < raw.length; at += 2) pairs.push([raw[at] as string, raw[at + 1] as string]);
  return pairs;
}
