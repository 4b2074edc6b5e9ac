import { X509Certificate } from 'node:crypto';
import { dataOf } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Objects } from './objects.ts';

type Authorities = { readonly pem: string } | { readonly problem: string };

/** Whom a policy trusts; empty: those of the system. One of them not there: nobody. Source: the API reference of BackendTLSPolicyValidation. */
export function readAuthorities(validation: Setting, namespace: string, objects: Objects): Authorities {
  const refs = validation.get('caCertificateRefs').items();
  const wellKnown = validation.get('wellKnownCACertificates').string() ?? '';
  if (refs.length > 0 && wellKnown !== '') return { problem: 'it has caCertificateRefs and wellKnownCACertificates (Invalid)' };
  if (refs.length === 0) return wellKnown === 'System' ? { pem: '' } : { problem: 'it has no authorities that are known (Invalid)' };
  const read = refs.map((ref) => readAuthority(ref, namespace, objects));
  const problems = read.flatMap((one) => ('problem' in one ? [one.problem] : []));
  if (problems.length === 0) return { pem: read.flatMap((one) => ('pem' in one ? [one.pem] : [])).join('\n') };
  return { problem: `${problems.join('; ')}${problems.length === refs.length ? ': no authority is left (NoValidCACertificate)' : ''}` };
}

function readAuthority(ref: Setting, namespace: string, objects: Objects): Authorities {
  const [of, kind, name] = [ref.get('group').string() ?? '', ref.get('kind').string() ?? '', ref.get('name').string() ?? ''];
  if (of !== '' || (kind !== 'ConfigMap' && kind !== 'Secret'))
    return { problem: `authorities of the kind ${of === '' ? '' : `${of}/`}${kind || '(none)'} are not known (InvalidKind)` };
  const object = objects.find(kind, namespace, name);
  if (object === undefined) return { problem: `there is no ${kind} ${namespace}/${name} (InvalidCACertificateRef)` };
  const pem = dataOf(object, 'ca.crt') ?? '';
  return isBundle(pem) ? { pem } : { problem: `${kind} ${namespace}/${name} has no certificates in ca.crt (InvalidCACertificateRef)` };
}

/** Whether each block of a PEM text is a certificate that can be read, and there is one. */
function isBundle(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((one) => new X509Certificate(one)).length > 0;
  } catch {
    return false;
  }
}
