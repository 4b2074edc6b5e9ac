import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { UpstreamTls } from '../../model/gateway.ts';
import { tlsOptions } from '../upstream-tls.ts';

/** Opens a connection to an origin: `http://host:port`, `tcp://host:port` or `unix:PATH`. `onread`: into whose bytes it reads, in the place of `data` events. */
export function connectClear(origin: string, onread: OnReadOpts | null): Socket {
  const read = onread === null ? {} : { onread };
  if (origin.startsWith('unix:')) return connectPlain({ path: origin.slice('unix:'.length), ...read }).setNoDelay(true);
  const { host, port } = addressOf(origin, 80);
  return connectPlain({ host, port, noDelay: true, ...read });
}

/** The same to `https://host:port`. `secureConnect` says that it may be used. */
export function connectTls(origin: string, tls: UpstreamTls | null, protocols: readonly string[] = ['http/1.1']): Socket {
  const { host, port } = addressOf(origin, 443);
  const serverName = tls?.serverName || (/^[\d.]+$|:/.test(host) ? undefined : host);
  return connectSecure({
    host,
    port,
    ...(protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {}),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...tlsOptions(tls),
  }).setNoDelay(true);
}

function addressOf(origin: string, usualPort: number): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(origin);
  return { host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, port: Number(port || usualPort) };
}
