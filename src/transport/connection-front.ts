import type { Server } from 'node:http';
import type { Http2Server } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Limits } from '../model/gateway.ts';
import { readFirst } from './first-bytes.ts';
import { acceptHttp2 } from './listen-http2.ts';
import type { ServerIdentity } from './server-identity.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n');
type Connect = (this: Server, socket: Socket) => void;

/**
 * Hands each connection to the protocol that it speaks: over TLS by what was agreed (ALPN), in clear by the first bytes (RFC 9113 section
 * 3.3, prior knowledge). Looked at once for each connection, so that requests cost nothing more.
 */
export function dispatchConnections(server: Server, http2: Http2Server, identity: (() => ServerIdentity) | null, limits: Limits): void {
  const event = identity === null ? 'connection' : 'secureConnection';
  const http1 = server.listeners(event)[0] as Connect;
  server.removeListener(event, http1);
  if (identity === null) return void server.on(event, (socket: Socket) => listenFirst(socket, server, http1, http2, limits.headerTimeoutMs));
  server.on(event, (socket: TLSSocket) => {
    if (!identity().admits(socket)) socket.destroy();
    else if (socket.alpnProtocol === 'h2') acceptHttp2(http2, socket);
    else http1.call(server, socket);
  });
}

function listenFirst(socket: Socket, server: Server, http1: Connect, http2: Http2Server, timeoutMs: number): void {
  readFirst(socket, timeoutMs, isHttp2, (alike, held) => {
    if (!alike) {
      http1.call(server, socket);
      socket.emit('data', held);
      return;
    }
    socket.pause();
    socket.unshift(held);
    acceptHttp2(http2, socket);
  });
}

/** Undefined while it may become either. */
function isHttp2(held: Buffer): boolean | undefined {
  const shared = Math.min(held.length, preface.length);
  if (held.compare(preface, 0, shared, 0, shared) !== 0) return false;
  return shared < preface.length ? undefined : true;
}
