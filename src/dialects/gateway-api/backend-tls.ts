import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { UpstreamTls } from '../../model/gateway.ts';
import { dataOf, type Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { group } from './kinds.ts';
import { oldestFirst, type Objects } from './objects.ts';
import { preciseHost } from './schema/scalars.ts';
import { splitProblem, type Status, type Statuses } from './status.ts';

/** How the ports of a Service are reached by TLS, or why they cannot be. */
export type BackendTls = UpstreamTls | Problem;
interface Problem {
  readonly problem: string;
}
/** By `KIND namespace/name`, or `KIND namespace/name/section`, which stands above it. */
export type BackendTlsPolicies = ReadonlyMap<string, BackendTls>;

/** Of several policies for one place the oldest counts, then the first by name. Source: the API reference of BackendTLSPolicy. */
export function readBackendTls(objects: Objects, statuses: Statuses): BackendTlsPolicies {
  const found = new Map<string, BackendTls>();
  for (const policy of oldestFirst(objects.all('BackendTLSPolicy', group))) {
    const status = statuses.of('policy', policy);
    const tls = readPolicy(policy, objects, status);
    for (const ref of targetsOf(policy.spec)) {
      const key = readTarget(ref, policy.namespace);
      if (key === undefined)
        status.tells('Accepted', 'it is for Services and ServiceImports alone (TargetNotFound)', 'nothing is done for it', { at: ref });
      else if (found.has(key)) status.tells('Accepted', `another one speaks of the ${key} (Conflicted)`, 'the older one counts', { at: ref });
      else found.set(key, tls);
    }
    status.holds('ResolvedRefs');
    status.served = !status.isWrong('Accepted');
    status.holds('Accepted');
  }
  return found;
}

/** One in v1alpha2. */
function targetsOf(spec: Setting): Setting[] {
  const one = spec.get('targetRef');
  return one.exists ? [one] : spec.get('targetRefs').items();
}

/** Undefined where it is nothing that requests can be sent to. */
function readTarget(ref: Setting, namespace: string): string | undefined {
  const [of, kind] = [ref.get('group').string() ?? '', ref.get('kind').string() ?? 'Service'];
  const section = ref.get('sectionName').string() ?? '';
  const key = `${kind} ${namespace}/${ref.get('name').string() ?? ''}${section === '' ? '' : `/${section}`}`;
  return (of === '' && kind === 'Service') || (of === 'multicluster.x-k8s.io' && kind === 'ServiceImport') ? key : undefined;
}

function readPolicy({ namespace, spec }: Resource, objects: Objects, status: Status): BackendTls {
  const validation = earlier(spec, 'validation', 'tls');
  spec.get('options').ignored('options are those of one implementation');
  const serverName = validation.get('hostname').string()?.toLowerCase() ?? '';
  const alternativeNames = readNames(validation.get('subjectAltNames'), serverName);
  const authorities = readAuthorities(validation, namespace, objects);
  const named = preciseHost.test(serverName) && isIP(serverName) === 0;
  if (typeof authorities === 'string' && 'hosts' in alternativeNames && named)
    return { verify: true, serverName, alternativeNames, authorities, certificate: '', key: '' };
  const why =
    typeof authorities === 'object'
      ? authorities
      : 'problem' in alternativeNames
        ? alternativeNames
        : { problem: 'its hostname is no host name (Invalid)' };
  const isReference = splitProblem(why.problem).reason !== 'Invalid';
  status.tells(isReference ? 'ResolvedRefs' : 'Accepted', why.problem, 'requests to the Services that it names answer 500', { at: validation });
  if (isReference) status.fails('Accepted', 'its authorities cannot be used (NoValidCACertificate)', validation);
  return why;
}

/** Where alternative names are given, the host is only told to the backend. Source: the API reference of BackendTLSPolicyValidation. */
function readNames(setting: Setting, serverName: string): NonNullable<UpstreamTls['alternativeNames']> | Problem {
  const items = setting.items();
  if (items.length === 0) return { hosts: [serverName], uris: [] };
  const [hosts, uris]: [string[], string[]] = [[], []];
  for (const one of items) {
    const type = one.get('type').string() ?? '';
    const [host, uri] = [one.get('hostname').string() ?? '', one.get('uri').string() ?? ''];
    if (type === 'Hostname' && host !== '' && uri === '') hosts.push(host);
    else if (type === 'URI' && uri !== '' && host === '') uris.push(uri);
    else return { problem: `an entry of subjectAltNames is neither a Hostname with its hostname nor a URI with its uri (Invalid)` };
  }
  return { hosts, uris };
}

/** A setting by its name, or by that of v1alpha2. */
const earlier = (setting: Setting, name: string, before: string): Setting => setting.get(setting.get(name).exists ? name : before);

/** PEM texts; empty: those of the system. One that is not there is enough for none: connections must fail. */
function readAuthorities(validation: Setting, namespace: string, objects: Objects): string | Problem {
  const texts = earlier(validation, 'caCertificateRefs', 'caCertRefs')
    .items()
    .map((ref) => readAuthority(ref, namespace, objects));
  const wellKnown = earlier(validation, 'wellKnownCACertificates', 'wellKnownCACerts').string() ?? '';
  if (texts.length > 0 && wellKnown !== '') return { problem: 'it names authorities and those of the system, of which only one may be (Invalid)' };
  if (texts.length === 0) return wellKnown === 'System' ? '' : { problem: 'it names no authorities that are known (Invalid)' };
  return texts.find((one) => typeof one === 'object') ?? texts.filter((one) => typeof one === 'string').join('\n');
}

/** A Secret may stand in the place of a ConfigMap, as with Envoy Gateway. */
function readAuthority(ref: Setting, namespace: string, objects: Objects): string | Problem {
  const [of, kind, name] = [ref.get('group').string() ?? '', ref.get('kind').string() ?? '', ref.get('name').string() ?? ''];
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
