import { isIP } from 'node:net';
import type { UpstreamTls } from '../../model/gateway.ts';
import type { Resource } from '../../sources/kubernetes/resources.ts';
import type { Setting } from '../../sources/setting.ts';
import { readAuthorities } from './authorities.ts';
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
    const targets = policy.spec.get('targetRefs').items();
    if (targets.length === 0)
      policy.spec.warning('DG1205', `BackendTLSPolicy ${policy.namespace}/${policy.name} names no Service`, 'expected targetRefs');
    for (const ref of targets) {
      const key = keyOf(ref, policy);
      if (key === undefined) continue;
      if (found.has(key)) ref.warning('DG1205', `another BackendTLSPolicy speaks of the Service ${key} (Conflicted)`, 'the older one counts');
      else found.set(key, tls);
    }
  }
  return found;
}

function keyOf(ref: Setting, { namespace }: Resource): string | undefined {
  const [of, kind] = [ref.get('group').string() ?? '', ref.get('kind').string() ?? 'Service'];
  const [name, section] = [ref.get('name').string() ?? '', ref.get('sectionName').string()];
  if (of === '' && kind === 'Service') return `${namespace}/${name}${section === undefined ? '' : `/${section}`}`;
  ref.warning('DG1208', `a BackendTLSPolicy for ${of === '' ? '' : `${of}/`}${kind} is not supported (InvalidKind)`, 'expected a Service');
  return undefined;
}

function readPolicy({ namespace, name, spec }: Resource, objects: Objects): BackendTls {
  const validation = spec.get('validation');
  spec.get('options').ignored('options of other implementations');
  const serverName = validation.get('hostname').string() ?? '';
  const identities = validation.get('subjectAltNames').items().map(readIdentity);
  const authorities = readAuthorities(validation, namespace, objects);
  const fail = (problem: string): BackendTls => {
    validation.warning('DG1208', `BackendTLSPolicy ${namespace}/${name}: ${problem}`, 'requests to the Services that it names answer 500');
    return { problem };
  };
  if ('problem' in authorities) return fail(authorities.problem);
  if (!preciseHostname.test(serverName) || isIP(serverName) !== 0)
    return fail(`its hostname ${JSON.stringify(serverName)} is no host name (Invalid)`);
  const names = identities.filter((one) => one !== undefined);
  if (names.length < identities.length) return fail('one of its subjectAltNames has no value of its type (Invalid)');
  // Where names are given the host is asked for and not checked.
  return { verify: true, serverName, ...(names.length === 0 ? {} : { identities: names }), authorities: authorities.pem, certificate: '', key: '' };
}

const preciseHostname = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function readIdentity(one: Setting): NonNullable<UpstreamTls['identities']>[number] | undefined {
  const type = one.get('type').oneOf('Hostname', 'URI');
  const [host, uri] = [one.get('hostname').string() ?? '', one.get('uri').string() ?? ''];
  const name = type === 'URI' ? uri : host;
  if (type === undefined || name === '') return undefined;
  return type === 'URI' ? { type: 'uri', name } : { type: 'host', name };
}
