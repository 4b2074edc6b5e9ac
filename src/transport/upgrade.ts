import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Exchange, type ResponseState } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import type { Responder } from '../engine/run.ts';
import { Fields } from '../http/fields.ts';
import { fault } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { connectionOf } from './connection-facts.ts';
import { NodeResponder } from './node-responder.ts';
import type { Reception } from './reception.ts';
import { factsOf, faultOfHead, type HeadFacts } from './request-head.ts';
import { joinTunnel } from './tunnel.ts';

/**
 * Whether a request that asks for another protocol may get it. Not h2c or TLS: a server may ignore those (RFC 9110 section 7.8), and a gateway
 * that let them through would no longer see the requests. Not with a body either: nobody could say where the other protocol begins.
 */
export const wantsTunnel = ({ upgrade, chunked, length }: HeadFacts): boolean =>
  upgrade !== '' && !chunked && (length === undefined || length === 0) && !/(?:^|,)\s*(?:h2c|tls\/|http\/)/i.test(upgrade);

/** A request for another protocol: an exchange like any other, whose answer may be a tunnel. */
export function receiveUpgrade(req: IncomingMessage, stream: Duplex, head: Buffer, listener: Listener, limits: Limits, reception: Reception): void {
  const socket = stream as Socket;
  const method = req.method as string;
  const target = req.url as string;
  const facts = factsOf(req.rawHeaders);
  const hasBody = facts.chunked || (facts.length ?? 0) > 0;
  const refused =
    faultOfHead(method, target, req.httpVersion, facts, limits) ??
    (hasBody ? fault('bad-request', { reason: 'a request for another protocol cannot have a body here' }) : null);
  const exchange = new Exchange({
    arrived: { method, target, httpVersion: req.httpVersion, headers: new Fields(req.rawHeaders) },
    connection: connectionOf(socket),
    listener,
    startedAt: reception.now(),
    body: new MessageBody(null),
  });
  if (wantsTunnel(facts)) exchange.upgrade = { socket, head };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => exchange.abort());
  reception.handle(exchange, new UpgradeResponder(req, socket, head), refused);
}

/** Answers with the tunnel, or like any other answer, after which the connection closes: its parser is gone. */
class UpgradeResponder implements Responder {
  readonly #req: IncomingMessage;
  readonly #socket: Socket;
  readonly #head: Buffer;

  constructor(req: IncomingMessage, socket: Socket, head: Buffer) {
    this.#req = req;
    this.#socket = socket;
    this.#head = head;
  }

  send(exchange: Exchange, response: ResponseState): Promise<void> | undefined {
    const socket = this.#socket;
    const { tunnel } = response;
    if (tunnel === undefined) {
      const res = new ServerResponse(this.#req);
      res.shouldKeepAlive = false;
      res.assignSocket(socket);
      res.on('finish', () => socket.end());
      return new NodeResponder(res).send(exchange, response);
    }
    if (socket.destroyed) {
      tunnel.destroy();
      return Promise.resolve();
    }
    socket.write(headOf(response));
    return joinTunnel(socket, tunnel, this.#head, exchange.recorder?.tunnel() ?? null);
  }
}

function headOf({ status, statusText, headers }: ResponseState): Buffer {
  let text = `HTTP/1.1 ${status} ${statusText ?? STATUS_CODES[status] ?? ''}\r\n`;
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
