import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { alternativeNamesOf } from '../http/alternative-names.ts';
import type { UpstreamTls } from '../model/gateway.ts';

/** What a handshake with an upstream checks and shows; the server name is the caller's matter. */
export function tlsOptions(tls: UpstreamTls | null): ConnectionOptions {
  if (tls === null) return {};
  const { verify, authorities, certificate, key, alternativeNames: wanted } = tls;
  return {
    rejectUnauthorized: verify,
    ...(authorities === '' ? {} : { ca: authorities }),
    ...(certificate === '' ? {} : { cert: certificate, key }),
    ...(wanted === undefined ? {} : { checkServerIdentity: (_, peer) => checkNames(wanted, peer) }),
  };
}

/** Undefined: the certificate has one of these names. Its common name is none of them. */
export function checkNames(
  { hosts, uris }: NonNullable<UpstreamTls['alternativeNames']>,
  { subjectaltname = '' }: Pick<PeerCertificate, 'subjectaltname'>,
): Error | undefined {
  const names = alternativeNamesOf(subjectaltname);
  const has = names.some(({ type, value }) => (type === 'DNS' ? hosts.some((host) => isHost(value, host)) : type === 'URI' && uris.includes(value)));
  if (has) return undefined;
  return Object.assign(new Error(`the certificate is for none of ${[...hosts, ...uris].join(', ')}, but for: ${subjectaltname || 'nothing'}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
}

/** A wildcard of the certificate stands for one label; one that is wanted must be there as such. */
function isHost(name: string, host: string): boolean {
  const [has, wants] = [name.toLowerCase(), host.toLowerCase()];
  const dot = wants.indexOf('.');
  return has === wants || (has.startsWith('*.') && dot > 0 && has.slice(1) === wants.slice(dot));
}
