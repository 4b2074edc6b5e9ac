import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { Exchange, type ResponseState } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import type { Responder } from '../engine/run.ts';
import { Fields } from '../http/fields.ts';
import type { Listener } from '../model/gateway.ts';
import { connectionOf } from './connection-facts.ts';
import type { Reception } from './reception.ts';
import { joinTunnel } from './tunnel.ts';

/** A TLS connection that nobody reads: an exchange like any other, whose answer is a tunnel, or the end of the connection. `head`: what came of it already. */
export function receiveTunnel(socket: Socket, head: Buffer, serverName: string, listener: Listener, reception: Reception): void {
  const exchange = new Exchange({
    arrived: { method: 'CONNECT', target: `${serverName}:${listener.port}`, httpVersion: '1.1', headers: new Fields(['Host', serverName]) },
    connection: { ...connectionOf(socket), secure: true, ...(serverName === '' ? {} : { serverName }) },
    listener,
    startedAt: reception.now(),
    body: new MessageBody(null),
  });
  exchange.upgrade = { socket, head };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => exchange.abort());
  reception.handle(exchange, new TunnelResponder(socket, head), null);
}

class TunnelResponder implements Responder {
  readonly #socket: Duplex;
  readonly #head: Buffer;

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.#head = head;
  }

  send(_exchange: Exchange, { tunnel }: ResponseState): Promise<void> | undefined {
    if (tunnel !== undefined && !this.#socket.destroyed) return joinTunnel(this.#socket, tunnel, this.#head, null);
    tunnel?.destroy();
    this.#socket.destroy();
    return undefined;
  }
}
