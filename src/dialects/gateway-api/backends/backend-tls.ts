import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { UpstreamTls } from '../../../model/gateway.ts';
import { dataOf, type Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';
import { group, importGroup, servesNoImports } from '../objects/kinds.ts';
import { oldestFirst, type Objects } from '../objects/objects.ts';
import { readReference } from '../objects/reference.ts';
import { preciseHost } from '../schema/scalars.ts';
import { splitProblem, type Status, type Statuses } from '../status/status.ts';

/** How the ports of a Service are reached by TLS, or why they cannot be. */
export type BackendTls = UpstreamTls | Problem;
interface Problem {
  readonly problem: string;
}
/** By `namespace/name` of a Service, or `namespace/name/section`, which stands above it. */
export type BackendTlsPolicies = ReadonlyMap<string, BackendTls>;

/** What things are called; the other names are those of v1alpha2. */
const today = { targets: 'targetRefs', validation: 'validation', authorities: 'caCertificateRefs', wellKnown: 'wellKnownCACertificates' };
const before: typeof today = { targets: 'targetRef', validation: 'tls', authorities: 'caCertRefs', wellKnown: 'wellKnownCACerts' };
const namesOf = ({ version }: Resource): typeof today => (version === 'v1alpha2' ? before : today);

/** Of several policies for one place the oldest counts, then the first by name. Source: the API reference of BackendTLSPolicy. */
export function readBackendTls(objects: Objects, statuses: Statuses): BackendTlsPolicies {
  const found = new Map<string, BackendTls>();
  for (const policy of oldestFirst(objects.all('BackendTLSPolicy', group))) {
    const status = statuses.of('policy', policy);
    const tls = readPolicy(policy, objects, status);
    for (const ref of policy.spec.get(namesOf(policy).targets).items()) {
      const target = readTarget(ref, policy, objects);
      if (typeof target === 'object') status.tells('Accepted', target.problem, 'nothing is done for it', { at: ref, code: target.code });
      else if (found.has(target)) status.tells('Accepted', `another one speaks of ${target} (Conflicted)`, 'the older one counts', { at: ref });
      else found.set(target, tls);
    }
    status.holds('ResolvedRefs');
    status.served = !status.isWrong('Accepted');
    status.holds('Accepted');
  }
  return found;
}

/** The place that a policy is for, or why it is for none. Where no manifest has Services, every one that is named is taken as there. */
function readTarget(ref: Setting, policy: Resource, objects: Objects): string | (Problem & { readonly code: 'DG1205' | 'DG1208' }) {
  const { of, kind, name } = readReference(ref);
  const section = ref.get('sectionName').string() ?? '';
  const { namespace } = policy;
  const key = `${namespace}/${name}`;
  if (of === importGroup && kind === 'ServiceImport') return { problem: `${servesNoImports} (TargetNotFound)`, code: 'DG1208' };
  if (of !== '' || kind !== 'Service') return { problem: 'it is for Services alone (TargetNotFound)', code: 'DG1205' };
  if (namesOf(policy) === before && (ref.get('namespace').string() ?? namespace) !== namespace)
    return { problem: 'it is for Services of its own namespace (TargetNotFound)', code: 'DG1205' };
  const service = objects.find('Service', namespace, name);
  if (service === undefined && objects.all('Service').length > 0) return { problem: `there is no Service ${key} (TargetNotFound)`, code: 'DG1205' };
  if (section === '') return key;
  const ports = service?.spec.get('ports').items();
  return ports?.every((one) => one.get('name').string() !== section) === true
    ? { problem: `the Service ${key} has no port of the name ${section} (TargetNotFound)`, code: 'DG1205' }
    : `${key}/${section}`;
}

function readPolicy(policy: Resource, objects: Objects, status: Status): BackendTls {
  const { namespace, spec } = policy;
  const names = namesOf(policy);
  const validation = spec.get(names.validation);
  spec.get('options').ignored('options are those of one implementation');
  const serverName = validation.get('hostname').string() ?? '';
  const alternativeNames = readNames(names === today ? validation.get('subjectAltNames').items() : [], serverName);
  const wellKnown = validation.get(names.wellKnown).string() ?? '';
  const authorities = readAuthorities(validation.get(names.authorities), wellKnown, namespace, objects);
  const named = preciseHost.test(serverName) && isIP(serverName) === 0;
  if (typeof authorities === 'string' && named) return { verify: true, serverName, alternativeNames, authorities, certificate: '', key: '' };
  const why = typeof authorities === 'object' ? authorities : { problem: 'its hostname is no host name (Invalid)' };
  const isReference = splitProblem(why.problem).reason !== 'Invalid';
  status.tells(isReference ? 'ResolvedRefs' : 'Accepted', why.problem, 'requests to the Services that it names answer 500', { at: validation });
  if (isReference) status.fails('Accepted', 'its authorities cannot be used (NoValidCACertificate)', validation);
  return why;
}

/** Where alternative names are given, the host is only told to the backend. Source: the API reference of BackendTLSPolicyValidation. */
function readNames(items: readonly Setting[], serverName: string): NonNullable<UpstreamTls['alternativeNames']> {
  const of = (type: string, name: string): string[] =>
    items.flatMap((one) => (one.get('type').string() === type ? (one.get(name).string() ?? []) : []));
  return items.length === 0 ? { hosts: [serverName], uris: [] } : { hosts: of('Hostname', 'hostname'), uris: of('URI', 'uri') };
}

/** PEM texts; empty: those of the system. One that is not there is enough for none: connections must fail. */
function readAuthorities(refs: Setting, wellKnown: string, namespace: string, objects: Objects): string | Problem {
  const texts = refs.items().map((ref) => readAuthority(ref, namespace, objects));
  if (texts.length > 0) return texts.find((one) => typeof one === 'object') ?? texts.filter((one) => typeof one === 'string').join('\n');
  if (wellKnown === 'System') return '';
  if (wellKnown !== '') return { problem: `nobody here knows the authorities ${wellKnown} (Invalid)` };
  return { problem: 'it names no authorities, without which the API server refuses it (Invalid)' };
}

/** A Secret may stand in the place of a ConfigMap, as with Envoy Gateway. */
function readAuthority(ref: Setting, namespace: string, objects: Objects): string | Problem {
  const { of, kind, name } = readReference(ref);
  if (of !== '' || (kind !== 'ConfigMap' && kind !== 'Secret'))
    return { problem: `authorities are in ConfigMaps and Secrets, and not in ${of === '' ? kind : `${of}/${kind}`} (InvalidKind)` };
  const object = objects.find(kind, namespace, name);
  const text = object === undefined ? undefined : dataOf(object, 'ca.crt');
  return text !== undefined && isBundle(text)
    ? text
    : { problem: `${kind} ${namespace}/${name} has no ca.crt with certificates (InvalidCACertificateRef)` };
}

function isBundle(text: string): boolean {
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    return certificates.length > 0 && certificates.every((one) => new X509Certificate(one).subject !== null);
  } catch {
    return false;
  }
}
