import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Limits } from '../model/gateway.ts';
import { readHello, type Hello } from './client-hello.ts';
import { readFirst } from './first-bytes.ts';
import { receiveTunnel } from './receive-tunnel.ts';
import type { Reception } from './reception.ts';
import { tlsOptions, type ServerIdentity } from './server-identity.ts';

/**
 * Takes the connections that carry no HTTP before `server` sees them: by the server name of their first message they belong to a listener of
 * the protocol `tls`, which passes them on as they are, or shakes hands and passes on what is inside.
 */
export function takeTunnels(server: Server, identity: () => ServerIdentity, limits: Limits, reception: Reception): void {
  const [shakeHands] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  server.removeListener('connection', shakeHands);
  // Whoever speaks through a tunnel agrees on a protocol with the other end of it: none is offered here.
  const terminating = createServer(tlsOptions(identity));
  terminating.on('secureConnection', (socket: TLSSocket) => {
    const serverName = nameOf(socket);
    const owner = identity().ownerOf(serverName);
    if (owner?.protocol !== 'tls' || !identity().admits(socket)) socket.destroy();
    else receiveTunnel(socket, Buffer.alloc(0), serverName, owner, reception);
  });
  server.on('connection', (socket: Socket) => {
    if (!identity().hasTunnels) return shakeHands.call(server, socket);
    readServerName(socket, limits.headerTimeoutMs, (serverName, bytes) => {
      const owner = identity().ownerOf(serverName);
      if (owner === undefined && !identity().hasRequests) return void socket.destroy();
      if (owner?.protocol === 'tls' && owner.tls?.passthrough === true) return receiveTunnel(socket, bytes, serverName, owner, reception);
      socket.unshift(bytes);
      if (owner?.protocol === 'tls') terminating.emit('connection', socket);
      else shakeHands.call(server, socket);
    });
  });
}

const nameOf = ({ servername }: TLSSocket & { readonly servername?: unknown }): string => (typeof servername === 'string' ? servername : '');

/** Reads until the server name is known; the socket is paused then. What does not begin like TLS is closed. */
function readServerName(socket: Socket, timeoutMs: number, done: (serverName: string, bytes: Buffer) => void): void {
  const giveUp = (): void => void socket.destroy();
  socket.on('end', giveUp);
  readFirst(socket, timeoutMs, helloIn, (hello, bytes) => {
    socket.removeListener('end', giveUp);
    socket.pause();
    if (hello === 'none') socket.destroy();
    else done(hello.serverName, bytes);
  });
}

function helloIn(bytes: Buffer): Exclude<Hello, 'more'> | undefined {
  const hello = readHello(bytes);
  return hello === 'more' ? undefined : hello;
}
