import type { Resource } from '../../../sources/kubernetes/resources.ts';
import { plain } from '../../../sources/tree.ts';
import { isOfApi } from '../objects/kinds.ts';
import type { Objects } from '../objects/objects.ts';
import { nameOf, type Statuses } from '../status/status.ts';
import { guardIn, isGuardPlugin } from './guard-table.ts';
import { gatewaysOf, targetOf, targetsOf, whyDetached, type Target } from './targets.ts';

/** What closes each of the targets that nobody may pass here: by target, what people call it. */
export type Guarded = ReadonlyMap<Target, string>;

const noMirror = (what: string): string => `${what} does nothing here`;
const closes = 'what it guards answers 501';

/**
 * Policies of implementations are not mirrored. One that shapes traffic does nothing; what one guards is closed: here nobody passes who would not
 * in production.
 */
export function readPolicies(objects: Objects, statuses: Statuses): Guarded {
  const guarded = new Map<Target, string>();
  const close = (target: Target, what: string): void => void (guarded.has(target) || guarded.set(target, what));
  for (const policy of objects.every) {
    const { group: of, kind, spec, setting } = policy;
    if (of === '' || isOfApi(of) || spec.kind !== 'map') continue;
    const guard = guardIn(of, kind, plain(spec.tree as NonNullable<typeof spec.tree>) as Readonly<Record<string, unknown>>);
    const targets = targetsOf(policy, objects);
    if (targets.length === 0) {
      const detached = whyDetached(policy);
      if (detached === undefined) continue;
      statuses.of('policy', policy).tells('Accepted', detached.problem, 'it does nothing here', { code: detached.code });
      setting.ignored(noMirror(kind));
      continue;
    }
    const status = statuses.of('policy', policy);
    const why = guard === undefined ? 'it is not mirrored' : `it decides who may pass (${guard}), and is not mirrored`;
    status.tells('Accepted', `${why} (NotSupported)`, guard === undefined ? 'it does nothing here' : closes, { code: 'DG1208' });
    if (guard !== undefined) for (const target of targets) close(target, nameOf(policy));
    setting.ignored(guard === undefined ? noMirror(kind) : `${kind} is not mirrored: ${closes}`);
  }
  readPlugins(objects, close);
  return guarded;
}

/** Plugins of Kong, which routes and Services name in an annotation. */
function readPlugins(objects: Objects, close: (target: Target, what: string) => void): void {
  const plugins = objects.every.filter(({ group: of }) => of === 'configuration.konghq.com');
  const pluginOf = ({ setting }: Resource): string => (setting.get('disabled').boolean() === true ? '' : (setting.get('plugin').string() ?? ''));
  for (const one of plugins.filter(({ kind, labels }) => kind === 'KongClusterPlugin' && labels['global'] === 'true')) {
    const isGuard = isGuardPlugin(pluginOf(one));
    one.setting.warning('DG1208', `the plugin ${one.name} of Kong is not mirrored`, isGuard ? closes : 'it does nothing here');
    if (isGuard) close(gatewaysOf(''), nameOf(one));
  }
  for (const owner of objects.every) {
    const annotation = owner.annotations.get('konghq.com/plugins');
    if (!annotation.exists || !['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'Service'].includes(owner.kind)) continue;
    for (const written of (annotation.string() ?? '').split(',').map((one) => one.trim())) {
      const [name = '', namespace = owner.namespace] = written.split(':').toReversed();
      const found =
        plugins.find((one) => one.kind === 'KongPlugin' && one.namespace === namespace && one.name === name) ??
        plugins.find((one) => one.kind === 'KongClusterPlugin' && one.name === name);
      // What one that is not here does, nobody knows.
      const isGuard = found === undefined || isGuardPlugin(pluginOf(found));
      const why = found === undefined ? 'is not in these manifests' : 'is not mirrored';
      annotation.warning('DG1208', `${nameOf(owner)}: the plugin ${written} of Kong ${why}`, isGuard ? closes : 'it does nothing here');
      if (isGuard) close(targetOf(owner.kind, owner.namespace, owner.name), `the plugin ${written} of Kong`);
    }
  }
}
