import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { UpstreamTls } from '../../model/gateway.ts';

/** Opens a connection to an origin: `http://host:port`, `https://host:port` or `unix:PATH`. `ready`: HTTP may begin. */
export function connectTo(origin: string, tls: UpstreamTls | null, ready: () => void): Socket {
  if (origin.startsWith('unix:')) return connectPlain({ path: origin.slice('unix:'.length) }, ready).setNoDelay(true);
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  if (protocol !== 'https:') return connectPlain({ host, port: Number(port || 80), noDelay: true }, ready);
  const serverName = tls?.serverName || (/^[\d.]+$|:/.test(host) ? undefined : host);
  return connectSecure(
    {
      host,
      port: Number(port || 443),
      ALPNProtocols: ['http/1.1'],
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(tls === null ? {} : { rejectUnauthorized: tls.verify }),
      ...(tls?.authorities ? { ca: tls.authorities } : {}),
      ...(tls?.certificate ? { cert: tls.certificate, key: tls.key } : {}),
    },
    ready,
  ).setNoDelay(true);
}
