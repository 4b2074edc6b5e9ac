import type { UpstreamTls } from '../../model/gateway.ts';
import { dataOf, type Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { group, type Objects } from './objects.ts';
import { byAge } from './precedence.ts';

/** How the ports of a Service are reached by TLS, or why they cannot be. */
export type BackendTls = UpstreamTls | { readonly problem: string };
/** By `namespace/service`, or `namespace/service/section`, which stands above it. */
export type BackendTlsPolicies = ReadonlyMap<string, BackendTls>;

/** Of several policies for one place the oldest counts, then the first by name. Source: the API reference of BackendTLSPolicy. */
export function readBackendTls(objects: Objects): BackendTlsPolicies {
  const found = new Map<string, BackendTls>();
  const policies = objects
    .all('BackendTLSPolicy', group)
    .toSorted((a, b) => byAge({ age: a.createdAt, name: a.name }, { age: b.createdAt, name: b.name }));
  for (const policy of policies) {
    const tls = readPolicy(policy, objects);
    for (const ref of policy.spec.get('targetRefs').items()) {
      const of = ref.get('group').string() ?? '';
      if ((ref.get('kind').string() ?? 'Service') !== 'Service' || of !== '') continue;
      const section = ref.get('sectionName').string();
      const key = `${policy.namespace}/${ref.get('name').string() ?? ''}${section === undefined ? '' : `/${section}`}`;
      if (found.has(key)) ref.warning('DG1205', `another BackendTLSPolicy speaks of the Service ${key} (Conflicted)`, 'the older one counts');
      else found.set(key, tls);
    }
  }
  return found;
}

function readPolicy({ namespace, name, spec }: Resource, objects: Objects): BackendTls {
  const validation = spec.get('validation');
  spec.get('options').ignored('options of other implementations');
  const serverName = validation.get('hostname').string() ?? '';
  const alternatives = validation
    .get('subjectAltNames')
    .items()
    .map((one) => (one.get('type').string(), one.get('uri').string(), one.get('hostname').string()));
  const authorities = readAuthorities(validation, namespace, objects);
  const fail = (problem: string): BackendTls => {
    validation.warning('DG1208', `BackendTLSPolicy ${namespace}/${name}: ${problem}`, 'requests to the Services that it names answer 500');
    return { problem };
  };
  if (authorities === undefined) return fail('its authorities are not there (InvalidCACertificateRef)');
  // The host is checked in any case, which is enough where it is one of the names that are wanted.
  if (alternatives.length > 0 && !alternatives.includes(serverName)) return fail('names other than the host are not supported yet (subjectAltNames)');
  return { verify: true, serverName, authorities, certificate: '', key: '' };
}

/** PEM texts; empty: those of the system. Undefined where one is not there. */
function readAuthorities(validation: Setting, namespace: string, objects: Objects): string | undefined {
  const refs = validation.get('caCertificateRefs').items();
  if (refs.length === 0) return validation.get('wellKnownCACertificates').string() === 'System' ? '' : undefined;
  const texts = refs.map((ref) => {
    const [of, kind] = [ref.get('group').string() ?? '', ref.get('kind').string() ?? ''];
    const map = objects.find('ConfigMap', namespace, ref.get('name').string() ?? '');
    const text = of === '' && kind === 'ConfigMap' && map !== undefined ? dataOf(map, 'ca.crt') : undefined;
    return text?.includes('BEGIN CERTIFICATE') === true ? text : undefined;
  });
  return texts.includes(undefined) ? undefined : texts.join('\n');
}
