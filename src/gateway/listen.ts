import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { nowhere } from '../model/origin.ts';
import { createHttpListener } from '../transport/listen-http.ts';
import type { LocalAuthority } from '../transport/local-ca/authority.ts';
import type { Reception } from '../transport/reception.ts';
import { serverIdentity, showIdentity, type ServerIdentity } from '../transport/server-identity.ts';
import { isSecure, type SharedPort } from './dispatch.ts';
import type { ListenerInfo } from './types.ts';

/** Where one port of production listens on this machine. */
export interface OpenPort {
  readonly infos: readonly ListenerInfo[];
  /** Proves other listeners in the place of those there are; what is answered puts them there. @throws DevgatewayError DG1403. */
  prepare(listeners: SharedPort): () => void;
  /** Takes no more connections; those there are end when `idle` has resolved, the rest is cut off. */
  close(idle: Promise<void>): Promise<void>;
}

export interface PortRequest {
  readonly listeners: SharedPort;
  readonly limits: Limits;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly reception: Reception;
  readonly authority: () => LocalAuthority;
}

/** Opens a port. @throws DevgatewayError DG1401, DG1402, DG1403. */
export async function openPort({ listeners, limits, host, port, reception, authority }: PortRequest): Promise<OpenPort> {
  const identityOf = (shared: SharedPort): ServerIdentity | null => (isSecure(shared[0]) ? serverIdentity(shared, authority) : null);
  const state = { listeners, listener: listeners[0], identity: identityOf(listeners) };
  const server = createHttpListener(state, limits, reception);
  const sockets = track(server, 'connection');
  const speaking = state.identity === null ? sockets : track(server, 'secureConnection');
  const bound = await listen(server, host, port);
  const address = `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    get infos() {
      return state.listeners.map((one) => ({ ...infoOf(one), url: `${one.protocol}://${address}` }));
    },
    prepare(next) {
      const identity = identityOf(next);
      return () => {
        Object.assign(state, { listeners: next, listener: next[0], identity });
        if (identity !== null) showIdentity(server, identity);
      };
    },
    async close(idle) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await idle;
      // What was answered is still to be written: the end comes after it.
      for (const socket of speaking) socket.end(() => socket.destroy());
      const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), flushMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** For clients that do not take the rest of their answer. */
const flushMs = 1_000;

function track(server: Server, event: string): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Answers the port. @throws DevgatewayError DG1401, DG1402 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [code, message, hint] =
        error.code === 'EADDRINUSE'
          ? (['DG1401', `port ${port} of ${host} is in use`, 'choose another with --port N, or --port 0 for any free one'] as const)
          : (['DG1402', `cannot listen on ${host}:${port}: ${error.message}`, ''] as const);
      reject(new DevgatewayError(diagnosticAt(code, nowhere, message, hint), { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}

function infoOf({ name, port, protocol, hostname, gateway }: Listener): Omit<ListenerInfo, 'url'> {
  return { name, port, protocol, ...(hostname === undefined ? {} : { hostname }), ...(gateway === undefined ? {} : { gateway }) };
}
