import type { Resource } from '../../../sources/kubernetes/resources.ts';
import { didYouMean } from '../../../sources/setting.ts';

export const group = 'gateway.networking.k8s.io';
/** Where kinds begin that are an experiment. */
export const experiments = 'gateway.networking.x-k8s.io';
/** Of releases before 0.5, whose objects had other fields. */
const firstGroup = 'networking.x-k8s.io';

/** Of ServiceImport, which stands for a Service of several clusters. */
export const importGroup = 'multicluster.x-k8s.io';
export const servesNoImports = 'ServiceImports are of several clusters, of which none is here: name a Service';

/** Kinds of the API, with those that it had, and the versions in which a release has served each. Source: the API's own packages, release by release. */
const kinds: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  [group]: {
    GatewayClass: ['v1', 'v1beta1', 'v1alpha2'],
    Gateway: ['v1', 'v1beta1', 'v1alpha2'],
    ListenerSet: ['v1'],
    HTTPRoute: ['v1', 'v1beta1', 'v1alpha2'],
    GRPCRoute: ['v1', 'v1alpha2'],
    TLSRoute: ['v1', 'v1alpha3', 'v1alpha2'],
    TCPRoute: ['v1', 'v1alpha2'],
    UDPRoute: ['v1', 'v1alpha2'],
    ReferenceGrant: ['v1', 'v1beta1', 'v1alpha2'],
    ReferencePolicy: ['v1alpha2'],
    BackendTLSPolicy: ['v1', 'v1alpha3', 'v1alpha2'],
    BackendLBPolicy: ['v1alpha2'],
  },
  [experiments]: {
    XListenerSet: ['v1alpha1'],
    XBackendTrafficPolicy: ['v1alpha1'],
    XBackend: ['v1alpha1'],
    XMesh: ['v1alpha1'],
    XTelemetryPolicy: ['v1alpha1'],
  },
};
/** What has another name today. */
const today: Readonly<Record<string, string>> = { ReferencePolicy: 'ReferenceGrant', XListenerSet: 'ListenerSet' };
/** Of the core, those that are read. */
export const core: ReadonlySet<string> = new Set(['Namespace', 'Service', 'Secret', 'ConfigMap']);

/** Whether a group is one of the API's. */
export const isOfApi = (of: string): boolean => kinds[of] !== undefined;

/** Whether one of its kinds is meant. */
export const isKindOfApi = (of: string, kind: string): boolean => kinds[of]?.[kind] !== undefined;

/** The kind that a reference means. */
export function kindOf(of: string, kind: string): { readonly group: string; readonly kind: string } {
  const now = of === group || (of === experiments && kind === 'XListenerSet') ? today[kind] : undefined;
  return now === undefined ? { group: of, kind } : { group, kind: now };
}

/** An object as it is called today. A misspelt kind, a version that was never served and a missing name are refused, as a cluster refuses them. */
export function asToday(one: Resource): Resource {
  if (one.group === firstGroup)
    one.setting.warning(
      'DG1208',
      `${firstGroup}/${one.version} was retired with release 0.5`,
      `nothing is done for it: write it anew as ${group}/v1`,
    );
  checkKind(one);
  if (one.name.startsWith('~') && (isOfApi(one.group) || (one.group === '' && core.has(one.kind))))
    one.setting.problem('DG1204', `the ${one.kind} has no name`, 'expected metadata.name');
  if (one.name.includes('{{'))
    one.setting.problem('DG1203', `the name ${one.name} is a template of Helm`, 'pipe what it makes: helm template . | devgateway start -');
  return { ...one, ...kindOf(one.group, one.kind) };
}

function checkKind({ group: of, kind, version, setting }: Resource): void {
  const known = kinds[of];
  if (known === undefined) return;
  const served = known[kind];
  if (served === undefined) {
    const names = Object.keys(known);
    const meant = didYouMean(kind, names);
    if (meant !== '') setting.get('kind').problem('DG1203', `there is no kind ${kind} in ${of}`, `expected one of ${names.join(', ')}${meant}`);
  } else if (!served.includes(version)) {
    const expected = `expected ${served.map((each) => `${of}/${each}`).join(' or ')}${didYouMean(version, served)}`;
    setting.get('apiVersion').problem('DG1203', `there is no version ${version} of the ${kind} of ${of}`, expected);
  }
}
