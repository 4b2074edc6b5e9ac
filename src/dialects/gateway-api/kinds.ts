import type { Resource } from '../../sources/kubernetes/resources.ts';
import { didYouMean } from '../../sources/setting.ts';

export const group = 'gateway.networking.k8s.io';
/** Where kinds begin that are an experiment. */
const experiments = 'gateway.networking.x-k8s.io';

/** Kinds of the API, with those that it had. */
const kinds = [
  'GatewayClass',
  'Gateway',
  'ListenerSet',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'ReferenceGrant',
  'ReferencePolicy',
  'BackendTLSPolicy',
  'BackendLBPolicy',
] as const;
/** What has another name today. */
const today: Readonly<Record<string, string>> = { ReferencePolicy: 'ReferenceGrant', XListenerSet: 'ListenerSet' };
const versions = /^v1(?:(?:alpha|beta)\d+)?$/;

/** The kind that a reference means. */
export function kindOf(of: string, kind: string): { readonly group: string; readonly kind: string } {
  const now = of === group || (of === experiments && kind === 'XListenerSet') ? today[kind] : undefined;
  return now === undefined ? { group: of, kind } : { group, kind: now };
}

/** An object as it is called today. A misspelt kind, and a version that the API never had, are refused, as a cluster refuses them. */
export function asToday(one: Resource): Resource {
  if (one.group === group) {
    const meant = kinds.some((kind) => kind === one.kind) ? '' : didYouMean(one.kind, kinds);
    if (meant !== '')
      one.setting.get('kind').problem('DG1203', `there is no kind ${one.kind} in ${group}`, `expected one of ${kinds.join(', ')}${meant}`);
    else if (!versions.test(one.version))
      one.setting
        .get('apiVersion')
        .problem('DG1203', `there is no version ${one.version} of ${group}`, 'expected v1, or v1beta1, v1alpha2 or v1alpha3 of earlier releases');
  }
  return { ...one, ...kindOf(one.group, one.kind) };
}
