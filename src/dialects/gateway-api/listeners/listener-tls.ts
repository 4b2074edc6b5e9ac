import { X509Certificate } from 'node:crypto';
import { alternativeNamesOf } from '../../../http/alternative-names.ts';
import type { Listener, ListenerTls } from '../../../model/gateway.ts';
import { dataOf, type Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { Grants } from '../objects/grants.ts';
import type { Objects } from '../objects/objects.ts';
import { readReference } from '../objects/reference.ts';
import type { Status } from '../status/status.ts';

type ClientAuthentication = NonNullable<ListenerTls['clientAuthentication']>;
/** Why a listener cannot be served, and in which of its conditions that is said. */
type Problem = { readonly problem: string; readonly type: 'Accepted' | 'ResolvedRefs' };
/** What readers of references know beside them: whose they are, and whose conditions say what is wrong with them. */
export interface Around {
  readonly gateway: Resource;
  readonly objects: Objects;
  readonly grants: Grants;
  readonly status: Status;
}
/** What a Gateway asks of the certificates of clients on a port: undefined where it asks for none. */
export type Frontend = (port: number) => ClientAuthentication | Problem | undefined;

/** `spec.tls.frontend` of a Gateway: what is said of a port stands above the default. Source: the API reference of FrontendTLSConfig. */
export function readFrontend(setting: Setting, around: Around): Frontend {
  const read = (one: Setting): ReturnType<Frontend> => readValidation(one.get('validation'), around);
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
  around: Around,
): ListenerTls | Problem {
  tls.get('options').ignored('options of other implementations');
  const mode = tls.get('mode').oneOf('Terminate', 'Passthrough') ?? 'Terminate';
  if (mode === 'Passthrough') {
    tls.get('certificateRefs').ignored('the backend shakes hands');
    if (protocol === 'https') return { problem: 'the protocol HTTPS needs the mode Terminate (UnsupportedValue)', type: 'Accepted' };
    return { certificates: [], passthrough: true };
  }
  const certificates = readCertificates(tls.get('certificateRefs'), around);
  // Before 1.4 each listener had its own.
  const client = readValidation(tls.get('frontendValidation'), around) ?? frontend(port);
  if (client !== undefined && 'problem' in client) return client;
  if (certificates.length === 0) return { problem: 'it has no certificate that can be used (InvalidCertificateRef)', type: 'ResolvedRefs' };
  return { certificates, ...(client === undefined ? {} : { clientAuthentication: client }) };
}

/** Clients are asked for a certificate of these authorities. None of them there: nobody may come. Source: the API reference of FrontendTLSValidation. */
function readValidation(validation: Setting, around: Around): ReturnType<Frontend> {
  if (!validation.exists) return undefined;
  const mode = validation.get('mode').oneOf('AllowValidOnly', 'AllowInsecureFallback') ?? 'AllowValidOnly';
  const authorities = validation
    .get('caCertificateRefs')
    .items()
    .flatMap((ref) => {
      const text = readReferred(ref, authority, around)?.[0];
      return text === undefined ? [] : [text];
    });
  if (authorities.length === 0) return { problem: 'it has no authority for the certificates of clients (NoValidCACertificate)', type: 'Accepted' };
  return { authorities: authorities.join('\n'), mode: mode === 'AllowValidOnly' ? 'require' : 'request' };
}

function readCertificates(refs: Setting, around: Around): ListenerTls['certificates'] {
  return refs.items().flatMap((ref) => {
    const [certificate, key] = readReferred(ref, keyPair, around) ?? [];
    if (certificate === undefined || key === undefined) return [];
    const names = namesOf(certificate);
    if (names !== undefined) return [{ names, certificate, key }];
    around.status.tells('ResolvedRefs', 'tls.crt of this Secret is no certificate that can be read (InvalidCertificateRef)', 'expected PEM', {
      at: ref,
    });
    return [];
  });
}

/** The names that a certificate is for, lower-case. */
function namesOf(pem: string): string[] | undefined {
  try {
    const { subjectAltName = '' } = new X509Certificate(pem);
    return alternativeNamesOf(subjectAltName).flatMap(({ type, value }) => (type === 'DNS' ? [value.toLowerCase()] : []));
  } catch {
    return undefined;
  }
}

/** What may be referred to for one purpose; the first kind is the usual one. */
export interface Purpose {
  readonly kinds: readonly [string, ...string[]];
  readonly keys: readonly string[];
  readonly wrongKind: string;
  readonly wrong: string;
}
const keyPair: Purpose = { kinds: ['Secret'], keys: ['tls.crt', 'tls.key'], wrongKind: 'InvalidCertificateRef', wrong: 'InvalidCertificateRef' };
const authority: Purpose = {
  kinds: ['ConfigMap', 'Secret'],
  keys: ['ca.crt'],
  wrongKind: 'InvalidCACertificateKind',
  wrong: 'InvalidCACertificateRef',
};

/** PEM texts of the object that is referred to; undefined, and told, where they are not there or may not be used. */
export function readReferred(
  ref: Setting,
  { kinds, keys, wrongKind, wrong }: Purpose,
  { gateway, objects, grants, status }: Around,
): string[] | undefined {
  const { of, kind, name } = readReference(ref, kinds[0]);
  const namespace = ref.get('namespace').string() ?? gateway.namespace;
  const known = of === '' && kinds.includes(kind);
  const granted = namespace === gateway.namespace || grants.allow({ kind: gateway.kind, namespace: gateway.namespace }, { kind, namespace, name });
  const object = known && granted ? objects.find(kind, namespace, name) : undefined;
  const texts = object === undefined ? [] : keys.flatMap((key) => dataOf(object, key) ?? []);
  if (texts.length === keys.length && texts.every((one) => one.includes('BEGIN'))) return texts;
  const refer = `${kind} ${namespace}/${name}`;
  if (granted)
    status.tells(
      'ResolvedRefs',
      `${refer} cannot be used here (${known ? wrong : wrongKind})`,
      `expected a ${kinds.join(' or a ')} with ${keys.join(' and ')}`,
      { at: ref },
    );
  else
    status.tells(
      'ResolvedRefs',
      `${refer} may not be used here (RefNotPermitted)`,
      `no ReferenceGrant in ${namespace} lets a ${gateway.kind} of ${gateway.namespace} refer to it`,
      { at: ref },
    );
  return undefined;
}
