import { X509Certificate } from 'node:crypto';
import type { Listener, ListenerTls } from '../../model/gateway.ts';
import { dataOf, type Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Grants } from './grants.ts';
import type { Objects } from './objects.ts';

type ClientAuthentication = NonNullable<ListenerTls['clientAuthentication']>;
type Problem = { readonly problem: string };
/** What a Gateway asks of the certificates of clients on a port: undefined where it asks for none. */
export type Frontend = (port: number) => ClientAuthentication | Problem | undefined;

/** `spec.tls.frontend` of a Gateway: what is said of a port stands above the default. Source: the API reference of FrontendTLSConfig. */
export function readFrontend(setting: Setting, gateway: Resource, objects: Objects, grants: Grants): Frontend {
  const read = (one: Setting): ReturnType<Frontend> => readValidation(one.get('validation'), gateway, objects, grants);
  const usual = read(setting.get('default'));
  const ports = new Map(
    setting
      .get('perPort')
      .items()
      .map((one) => [one.get('port').number({ min: 1, max: 65_535, integer: true }), read(one.get('tls'))] as const),
  );
  return (port) => (ports.has(port) ? ports.get(port) : usual);
}

/** How a listener shakes hands, or why it cannot. */
export function readListenerTls(
  tls: Setting,
  { protocol, port }: Pick<Listener, 'protocol' | 'port'>,
  frontend: Frontend,
  gateway: Resource,
  objects: Objects,
  grants: Grants,
): ListenerTls | Problem {
  tls.get('options').ignored('options of other implementations');
  const mode = tls.get('mode').oneOf('Terminate', 'Passthrough') ?? 'Terminate';
  if (mode === 'Passthrough') {
    tls.get('certificateRefs').ignored('the backend shakes hands');
    if (protocol === 'https') return { problem: 'has the protocol HTTPS, which needs the mode Terminate (UnsupportedValue)' };
    return { certificates: [], passthrough: true };
  }
  const certificates = readCertificates(tls.get('certificateRefs'), gateway, objects, grants);
  // Before 1.4 each listener had its own.
  const client = readValidation(tls.get('frontendValidation'), gateway, objects, grants) ?? frontend(port);
  if (client !== undefined && 'problem' in client) return client;
  if (certificates.length === 0) return { problem: 'has no certificate that can be used (InvalidCertificateRef)' };
  return { certificates, ...(client === undefined ? {} : { clientAuthentication: client }) };
}

/** Clients are asked for a certificate of these authorities. None of them there: nobody may come. Source: the API reference of FrontendTLSValidation. */
function readValidation(validation: Setting, gateway: Resource, objects: Objects, grants: Grants): ReturnType<Frontend> {
  if (!validation.exists) return undefined;
  const mode = validation.get('mode').oneOf('AllowValidOnly', 'AllowInsecureFallback') ?? 'AllowValidOnly';
  const authorities = validation
    .get('caCertificateRefs')
    .items()
    .flatMap((ref) => {
      const text = readReferred(ref, 'ConfigMap', ['ConfigMap', 'Secret'], ['ca.crt'], gateway, objects, grants)?.[0];
      return text === undefined ? [] : [text];
    });
  if (authorities.length === 0) return { problem: 'has no authority for the certificates of clients (NoValidCACertificate)' };
  return { authorities: authorities.join('\n'), mode: mode === 'AllowValidOnly' ? 'require' : 'request' };
}

function readCertificates(refs: Setting, gateway: Resource, objects: Objects, grants: Grants): ListenerTls['certificates'] {
  return refs.items().flatMap((ref) => {
    const [certificate, key] = readReferred(ref, 'Secret', ['Secret'], ['tls.crt', 'tls.key'], gateway, objects, grants) ?? [];
    if (certificate === undefined || key === undefined) return [];
    const names = namesOf(certificate);
    if (names !== undefined) return [{ names, certificate, key }];
    ref.warning('DG1205', 'tls.crt of this Secret is no certificate that can be read (InvalidCertificateRef)', 'expected PEM');
    return [];
  });
}

/** The names that a certificate is for, lower-case. */
function namesOf(pem: string): string[] | undefined {
  try {
    const { subjectAltName = '' } = new X509Certificate(pem);
    return [...subjectAltName.matchAll(/DNS:([^,\s"]+)/g)].map(([, name]) => (name as string).toLowerCase());
  } catch {
    return undefined;
  }
}

/** PEM texts of the object that is referred to; undefined, and told, where they are not there or may not be used. */
export function readReferred(
  ref: Setting,
  usual: string,
  kinds: readonly string[],
  keys: readonly string[],
  gateway: Resource,
  objects: Objects,
  grants: Grants,
  reason = 'InvalidCertificateRef',
): string[] | undefined {
  const of = ref.get('group').string() ?? '';
  const kind = ref.get('kind').string() ?? usual;
  const namespace = ref.get('namespace').string() ?? gateway.namespace;
  const name = ref.get('name').string() ?? '';
  const granted = namespace === gateway.namespace || grants.allow({ kind: gateway.kind, namespace: gateway.namespace }, { kind, namespace, name });
  const object = of === '' && kinds.includes(kind) && granted ? objects.find(kind, namespace, name) : undefined;
  const texts = object === undefined ? [] : keys.flatMap((key) => dataOf(object, key) ?? []);
  if (texts.length === keys.length && texts.every((one) => one.includes('BEGIN'))) return texts;
  ref.warning(
    'DG1205',
    granted ? `${kind} ${namespace}/${name} cannot be used here (${reason})` : `${kind} ${namespace}/${name} may not be used here (RefNotPermitted)`,
    granted
      ? `expected a ${kinds.join(' or a ')} with ${keys.join(' and ')}`
      : `no ReferenceGrant in ${namespace} lets a ${gateway.kind} of ${gateway.namespace} refer to it`,
  );
  return undefined;
}
