import { createSecureContext, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import { HostTable } from '../matching/host.ts';
import type { Listener, ListenerTls } from '../model/gateway.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { LocalAuthority } from './local-ca/authority.ts';

type Chosen = ListenerTls['certificates'][number];

/** What a port with TLS shows to its clients, and whom it lets in. */
export interface ServerIdentity {
  /** Whether some of its connections are tunnels, and whether some carry requests. */
  readonly hasTunnels: boolean;
  readonly hasRequests: boolean;
  /** The listener that connections of a server name belong to. */
  ownerOf(serverName: string): Listener | undefined;
  contextFor(serverName: string): SecureContext;
  /** What a client without a server name is shown, and whose certificates are good. */
  readonly usual: { readonly cert?: string; readonly key?: string; readonly ca?: string[] };
  /** Whether clients are asked for a certificate. */
  readonly asks: boolean;
  /** Whether a client that has shaken hands may speak: where a certificate is required it must be a good one. */
  admits(socket: TLSSocket): boolean;
}

/**
 * The certificates of all `listeners` that share a port: those of the listener that a server name belongs to, of which an exact name counts
 * more than a wildcard, then the first one. Without any, the local authority makes one for each name.
 * @throws DevgatewayError DG1403 where a certificate or key cannot be used.
 */
export function serverIdentity(listeners: readonly Listener[], authority: () => LocalAuthority): ServerIdentity {
  const owners = new HostTable<Listener[]>();
  for (const one of listeners) owners.at(one.hostname ?? '', () => []).push(one);
  const certificates = certificatesOf(listeners);
  const authentications = listeners.flatMap((one) => one.tls?.clientAuthentication ?? []);
  const authorities = authentications.map((one) => one.authorities).filter((one) => one !== '');
  const ca = authorities.length > 0 ? { ca: authorities } : {};
  const contexts = new Map<Chosen | string, SecureContext>();
  const contextOf = (key: Chosen | string): SecureContext => {
    let context = contexts.get(key);
    if (context === undefined) {
      const { certificate, key: privateKey } = typeof key === 'string' ? authority().leafFor(key) : key;
      contexts.set(key, (context = secureContext(certificate, privateKey, ca)));
    }
    return context;
  };
  for (const one of certificates) contextOf(one);
  const required = authentications.some((one) => one.mode === 'require');
  return {
    hasTunnels: listeners.some((one) => one.protocol === 'tls'),
    hasRequests: listeners.some((one) => one.protocol !== 'tls'),
    ownerOf: (serverName) => owners.find(serverName.toLowerCase(), ([first]) => first),
    contextFor(serverName) {
      const name = serverName.toLowerCase();
      const own = certificatesOf(owners.find(name, (found) => found) ?? []);
      return contextOf(certificateFor(own.length > 0 ? own : certificates, name) ?? (name || 'localhost'));
    },
    usual: listeners.every((one) => one.tls?.passthrough === true) ? {} : { ...firstOf(certificates, authority), ...ca },
    asks: authentications.length > 0,
    admits: (socket) => !required || socket.authorized,
  };
}

/** Options of a TLS server that shows what `identity` is at the moment. */
export const tlsOptions = (identity: () => ServerIdentity): Readonly<Record<string, unknown>> => ({
  ...identity().usual,
  requestCert: identity().asks,
  rejectUnauthorized: false,
  SNICallback(serverName: string, done: (error: Error | null, context?: SecureContext) => void) {
    try {
      done(null, identity().contextFor(serverName));
    } catch (error) {
      done(error as Error);
    }
  },
});

/** From here on a server shows the identity also where nobody asks by a server name. */
export function showIdentity(server: object, { usual, asks }: ServerIdentity): void {
  const secure = server as Server & { requestCert: boolean };
  secure.requestCert = asks;
  if (usual.cert !== undefined) secure.setSecureContext(usual);
}

const certificatesOf = (listeners: readonly Listener[]): Chosen[] => listeners.flatMap((one) => one.tls?.certificates ?? []);

function firstOf(certificates: readonly Chosen[], authority: () => LocalAuthority): { cert: string; key: string } {
  const { certificate, key } = certificates[0] ?? authority().leafFor('localhost');
  return { cert: certificate, key };
}

function certificateFor(certificates: readonly Chosen[], serverName: string): Chosen | undefined {
  const parent = `*${serverName.slice(Math.max(0, serverName.indexOf('.')))}`;
  return certificates.find((one) => one.names.includes(serverName)) ?? certificates.find((one) => one.names.includes(parent)) ?? certificates[0];
}

function secureContext(cert: string, key: string, authorities: { readonly ca?: string[] }): SecureContext {
  try {
    return createSecureContext({ cert, key, ...authorities });
  } catch (error) {
    throw new DevgatewayError(diagnosticAt('DG1403', nowhere, `a certificate or its key cannot be used: ${(error as Error).message}`), {
      cause: error,
    });
  }
}
