import type { Socket } from 'node:net';
import type { Answer } from '../../engine/kit.ts';
import type { Failure } from '../../engine/outcome.ts';
import { BodyBroken, type BodySource } from '../../http/body.ts';
import { fault } from '../../model/fault.ts';
import { faultOfNetwork } from '../network-fault.ts';
import { PendingAnswer, type Sending } from '../pending-answer.ts';
import { connectTo } from './connect.ts';
import { ResponseParser, type ResponseHead } from './response-parser.ts';
import { writeBody } from './write-body.ts';
import { writeHead, type RequestHead } from './write-head.ts';

/** One request as it is to stand on the wire. */
export interface Http1Request extends RequestHead {
  /** Goes out chunked where the headers say so, otherwise as it is. */
  readonly body: Buffer | BodySource | null;
  /** The request asks for another protocol: 101 makes a tunnel. */
  readonly upgrade: boolean;
}

/**
 * Sends a request over a connection of its own and answers at the head of the response. Our own writer, because undici and node:http
 * refuse HTTP/1.0, other targets than paths, and odd fields, all of which gateways do send.
 */
export function sendHttp1(origin: string, request: Http1Request, sending: Sending): Promise<Answer | Failure> {
  return new Promise((resolve) => {
    const pending = new PendingAnswer(resolve, sending);
    if (pending.abandoned) return;
    let head: Buffer;
    try {
      head = writeHead(request);
    } catch (error) {
      return pending.fail(fault('internal', { cause: error }));
    }
    const socket = connectTo(origin, sending.options.tls, () => {
      pending.connected(flow);
      if (!pending.abandoned) converse(socket, head, request, pending, sending);
    });
    const flow = { pause: () => void socket.pause(), resume: () => void socket.resume(), abort: () => void socket.destroy() };
    socket.on('error', (error) => pending.fail(faultOfNetwork(error, sending.upstream, sending.options.connectTimeoutMs), error));
    pending.connecting(flow);
  });
}

function converse(socket: Socket, head: Buffer, request: Http1Request, pending: PendingAnswer, sending: Sending): void {
  const broken = (error: Error): void => {
    pending.fail(faultOfNetwork(error, sending.upstream, sending.options.connectTimeoutMs), error);
    socket.destroy();
  };
  let stopBody = (): void => {};
  let upgraded: ResponseHead | null = null;
  const parser = new ResponseParser(
    {
      head(received, isUpgrade) {
        if (isUpgrade) upgraded = received;
        else pending.head(received.status, received.statusText, received.headers, received.length);
      },
      data: (chunk) => pending.data(chunk),
      end(trailers) {
        pending.end(trailers);
        stopBody();
        socket.destroy();
      },
    },
    request,
  );
  const received = (chunk: Buffer): void => {
    try {
      const rest = parser.push(chunk);
      if (upgraded === null) return;
      socket.removeListener('data', received);
      socket.removeListener('close', closed);
      socket.pause();
      if (rest !== undefined && rest.length > 0) socket.unshift(rest);
      pending.head(upgraded.status, upgraded.statusText, upgraded.headers, undefined, socket);
    } catch (error) {
      broken(error as Error);
    }
  };
  const closed = (): void => {
    stopBody();
    try {
      if (!parser.done) parser.close();
    } catch (error) {
      broken(error as Error);
    }
  };
  socket.on('data', received);
  socket.on('close', closed);
  socket.write(head);
  if (Buffer.isBuffer(request.body)) socket.write(request.body);
  if (request.body === null || Buffer.isBuffer(request.body)) return pending.sent();
  stopBody = writeBody(socket, request.body, isChunked(request.headers), {
    sent: () => pending.sent(),
    failed: (error) => broken(error instanceof Error ? error : new BodyBroken('the request body broke off')),
  });
}

function isChunked(headers: readonly string[]): boolean {
  for (let at = 0; at < headers.length; at += 2) if ((headers[at] as string).toLowerCase() === 'transfer-encoding') return true;
  return false;
}
