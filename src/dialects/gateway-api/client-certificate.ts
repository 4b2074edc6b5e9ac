import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Resource } from '../../sources/kubernetes/resources.ts';
import type { Grants } from './grants.ts';
import { readReferred } from './listener-tls.ts';
import type { Objects } from './objects.ts';

/** What a Gateway shows to backends that a BackendTLSPolicy speaks of, as PEM, or why it has nothing to show. */
export type ClientCertificate = { readonly certificate: string; readonly key: string } | { readonly problem: string };

/** Undefined where a Gateway shows none. Source: the API reference of GatewayBackendTLS; before 1.4 it stood in `backendTLS`. */
export function readClientCertificate(gateway: Resource, objects: Objects, grants: Grants): ClientCertificate | undefined {
  const { spec, namespace, name } = gateway;
  const now = spec.get('tls').get('backend').get('clientCertificateRef');
  const before = spec.get('backendTLS').get('clientCertificateRef');
  const ref = now.exists ? now : before;
  if (now.exists) before.ignored('spec.tls.backend stands above it');
  if (!ref.exists) return undefined;
  const reason = 'InvalidClientCertificateRef';
  const [certificate, key] = readReferred(ref, 'Secret', ['Secret'], ['tls.crt', 'tls.key'], gateway, objects, grants, reason) ?? [];
  const problem = { problem: `the Gateway ${namespace}/${name} has no certificate that it could show there` };
  if (certificate === undefined || key === undefined) return problem;
  if (isPair(certificate, key)) return { certificate, key };
  ref.warning('DG1205', `tls.crt and tls.key of this Secret are no pair (${reason})`, 'expected the PEM of a certificate and of its key');
  return problem;
}

function isPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
