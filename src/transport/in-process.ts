import { Readable } from 'node:stream';
import { Exchange, type ResponseState } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import type { Responder } from '../engine/run.ts';
import { readableSource, sourceReadable } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import type { Listener } from '../model/gateway.ts';
import { isBodiless } from '../http/bodiless.ts';

/** A request with no socket, as it would have stood on the wire. */
export interface InProcessRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  readonly body: MessageBody;
  readonly secure: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A WHATWG Request as it would stand on the wire: Host first. Fields that a Request joins stay joined. */
export function fromWeb(request: Request, remote: { address: string; port: number }): InProcessRequest {
  const url = new URL(request.url);
  const headers = Fields.from(request.headers);
  if (!headers.has('host')) headers.raw.unshift('Host', url.host);
  const body =
    request.body === null ? new MessageBody(null) : new MessageBody(readableSource(Readable.fromWeb(request.body as never)), lengthOf(headers));
  return {
    method: request.method,
    target: `${url.pathname}${url.search}`,
    headers,
    body,
    secure: url.protocol === 'https:',
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
}

const lengthOf = (headers: Fields): number | undefined => {
  const length = headers.get('content-length');
  return length === undefined ? undefined : Number(length);
};

export function inProcessExchange(request: InProcessRequest, listener: Listener, now: number): Exchange {
  return new Exchange({
    arrived: { method: request.method, target: request.target, httpVersion: '1.1', headers: request.headers },
    connection: { remoteAddress: request.remoteAddress, remotePort: request.remotePort, secure: request.secure },
    listener,
    startedAt: now,
    body: request.body,
  });
}

/** Turns what the engine sends into a WHATWG Response. */
export class WebResponder implements Responder {
  readonly response: Promise<Response>;
  #resolve!: (response: Response) => void;

  constructor() {
    this.response = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  send(exchange: Exchange, state: ResponseState): Promise<void> {
    const { body, status } = state;
    const bodiless = isBodiless(exchange.arrived.method, status) || status < 200;
    if (!bodiless && body.length !== undefined && !state.headers.has('content-length')) state.headers.append('Content-Length', String(body.length));
    const headers = new Headers();
    for (const [name, value] of state.headers) headers.append(name, value);
    const init = { status: status < 200 ? 200 : status, headers, ...(state.statusText === undefined ? {} : { statusText: state.statusText }) };
    if (bodiless) body.abandon();
    const source = bodiless ? null : body.take();
    this.#resolve(new Response(source === null ? null : (Readable.toWeb(sourceReadable(source)) as ReadableStream), init));
    return Promise.resolve();
  }
}
