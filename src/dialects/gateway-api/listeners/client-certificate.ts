import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readReferred, type Around, type Purpose } from './listener-tls.ts';

/** What a Gateway shows to backends that a BackendTLSPolicy speaks of, as PEM, or why it has nothing to show. */
export type ClientCertificate = { readonly certificate: string; readonly key: string } | { readonly problem: string };

const wrong = 'InvalidClientCertificateRef';
const clientPair: Purpose = { kinds: ['Secret'], keys: ['tls.crt', 'tls.key'], wrongKind: wrong, wrong };

/** Undefined where a Gateway shows none. Source: the API reference of GatewayBackendTLS; before 1.4 it stood in `backendTLS`. */
export function readClientCertificate(around: Around): ClientCertificate | undefined {
  const { spec, namespace, name } = around.gateway;
  const now = spec.get('tls').get('backend').get('clientCertificateRef');
  const before = spec.get('backendTLS').get('clientCertificateRef');
  const ref = now.exists ? now : before;
  if (now.exists) before.ignored('spec.tls.backend stands above it');
  if (!ref.exists) return undefined;
  const [certificate, key] = readReferred(ref, clientPair, around) ?? [];
  const problem = { problem: `the Gateway ${namespace}/${name} has no certificate that it could show there` };
  if (certificate === undefined || key === undefined) return problem;
  if (isPair(certificate, key)) return { certificate, key };
  const expected = 'expected the PEM of a certificate and of its key';
  around.status.tells('ResolvedRefs', `tls.crt and tls.key of this Secret are no pair (${wrong})`, expected, { at: ref });
  return problem;
}

function isPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
