import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connection } from '../engine/exchange.ts';

const known = new WeakMap<Socket, Connection>();

/** What is known of a connection; asked once for each. */
export function connectionOf(socket: Socket): Connection {
  let connection = known.get(socket);
  if (connection === undefined) known.set(socket, (connection = read(socket)));
  return connection;
}

function read(socket: Socket): Connection {
  const plain = { remoteAddress: withoutMapping(socket.remoteAddress ?? ''), remotePort: socket.remotePort ?? 0 };
  if (!('encrypted' in socket)) return { ...plain, secure: false };
  const secure = socket as TLSSocket;
  const serverName = (secure as { servername?: unknown }).servername;
  const raw = secure.getPeerCertificate?.(false)?.raw;
  return {
    ...plain,
    secure: true,
    ...(typeof serverName === 'string' && serverName !== '' ? { serverName } : {}),
    ...(raw === undefined ? {} : { clientCertificate: certificateOf(raw, secure.authorized) }),
  };
}

function certificateOf(raw: Buffer, verified: boolean): NonNullable<Connection['clientCertificate']> {
  const certificate = new X509Certificate(raw);
  return { subject: certificate.subject.split('\n').reverse().join(','), pem: certificate.toString(), verified };
}

/** An IPv4 peer of a socket that listens on `::`. */
const withoutMapping = (address: string): string => (address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address);
