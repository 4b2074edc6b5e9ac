import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Listener, ListenerTls } from '../model/gateway.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import type { LocalAuthority } from './local-ca/authority.ts';

type Chosen = ListenerTls['certificates'][number];

/** What a TLS listener shows to its clients, and whom it lets in. */
export interface ServerIdentity {
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether a client that has shaken hands may speak: where a certificate is required it must be a good one. */
  admits(socket: TLSSocket): boolean;
}

/**
 * The certificates of all `listeners` that share a port, chosen by server name: an exact name, then a wildcard, then the first one.
 * Without any, the local authority makes one for each name.
 * @throws DevgatewayError DG1403 where a certificate or key cannot be used.
 */
export function serverIdentity(listeners: readonly Listener[], authority: () => LocalAuthority): ServerIdentity {
  const certificates = listeners.flatMap((one) => one.tls?.certificates ?? []);
  const authentications = listeners.flatMap((one) => one.tls?.clientAuthentication ?? []);
  const authorities = authentications.map((one) => one.authorities).filter((one) => one !== '');
  const contexts = new Map<Chosen | string, SecureContext>();
  const contextOf = (key: Chosen | string): SecureContext => {
    let context = contexts.get(key);
    if (context === undefined) {
      const { certificate, key: privateKey } = typeof key === 'string' ? authority().leafFor(key) : key;
      contexts.set(key, (context = secureContext(certificate, privateKey, authorities)));
    }
    return context;
  };
  for (const one of certificates) contextOf(one);
  const required = authentications.some((one) => one.mode === 'require');
  const pick = (serverName: string): SecureContext => contextOf(certificateFor(certificates, serverName) ?? (serverName || 'localhost'));
  return {
    options: {
      ALPNProtocols: ['h2', 'http/1.1'],
      requestCert: authentications.length > 0,
      rejectUnauthorized: false,
      ...(authorities.length > 0 ? { ca: authorities } : {}),
      ...firstOf(certificates, authority),
      SNICallback(serverName: string, done: (error: Error | null, context?: SecureContext) => void) {
        try {
          done(null, pick(serverName.toLowerCase()));
        } catch (error) {
          done(error as Error);
        }
      },
    },
    admits: (socket) => !required || socket.authorized,
  };
}

/** What a client without a server name is shown. */
function firstOf(certificates: readonly Chosen[], authority: () => LocalAuthority): { cert: string; key: string } {
  const { certificate, key } = certificates[0] ?? authority().leafFor('localhost');
  return { cert: certificate, key };
}

function certificateFor(certificates: readonly Chosen[], serverName: string): Chosen | undefined {
  const parent = `*${serverName.slice(Math.max(0, serverName.indexOf('.')))}`;
  return certificates.find((one) => one.names.includes(serverName)) ?? certificates.find((one) => one.names.includes(parent)) ?? certificates[0];
}

function secureContext(cert: string, key: string, ca: readonly string[]): SecureContext {
  try {
    return createSecureContext({ cert, key, ...(ca.length > 0 ? { ca: [...ca] } : {}) });
  } catch (error) {
    throw new DevgatewayError(diagnosticAt('DG1403', nowhere, `a certificate or its key cannot be used: ${(error as Error).message}`), {
      cause: error,
    });
  }
}
