import { checkServerIdentity, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import type { UpstreamTls } from '../model/gateway.ts';

/** What a connection to an upstream asks of its certificate, and what it shows. */
export function identityOptions(tls: UpstreamTls | null): ConnectionOptions {
  if (tls === null) return {};
  const { verify, authorities, certificate, key, identities } = tls;
  return {
    rejectUnauthorized: verify,
    ...(authorities === '' ? {} : { ca: authorities }),
    ...(certificate === '' ? {} : { cert: certificate, key }),
    ...(identities === undefined ? {} : { checkServerIdentity: (_, peer) => checkIdentities(identities, peer) }),
  };
}

/** The certificate must be for one of these names, by its alternative names alone. */
export function checkIdentities(identities: NonNullable<UpstreamTls['identities']>, peer: PeerCertificate): Error | undefined {
  const text = peer.subjectaltname ?? '';
  const uris = alternativeNames(text).flatMap(([type, value]) => (type === 'URI' ? [value] : []));
  const { CN: _, ...subject } = (peer.subject ?? {}) as Partial<PeerCertificate['subject']>;
  const nameless = { ...peer, subject } as PeerCertificate;
  const met = identities.some(({ type, name }) => (type === 'uri' ? uris.includes(name) : checkServerIdentity(name, nameless) === undefined));
  if (met) return undefined;
  const wanted = identities.map(({ name }) => name).join(', ');
  return Object.assign(new Error(`the certificate is for ${text || 'no name'}, not for ${wanted}`), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
}

/** The alternative names as Node lists them: what would be taken for several names stands in quotes, as JSON has them. */
export function alternativeNames(text: string): [type: string, value: string][] {
  return [...text.matchAll(/([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy)].map(([, type = '', value = '']) => [type, unquoted(value)]);
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}
