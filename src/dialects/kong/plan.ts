import type { Step } from '../../model/gateway.ts';
import type { KongPluginEntry } from './entities/plugin.ts';
import type { KongEntities } from './entities/read-entities.ts';
import type { KongRoute } from './entities/route.ts';
import type { ByConsumer } from './by-consumer.ts';
import type { ClosedOptions } from './closed.ts';
import type { NodeSettings } from './node-settings.ts';
import { guards, notMirrored, plugins } from './phases.ts';
import type { PluginPhases } from './plugins/plugin.ts';

export interface PluginSteps {
  readonly rewrite: Step[];
  readonly request: Step[];
  readonly head: Step[];
  readonly body: Step[];
  readonly log: Step[];
}

/** Of several entries of one plugin the most specific one counts (kong.runloop.plugins_iterator). */
function specificity(entry: KongPluginEntry, route: KongRoute | null, consumer: string | null): number {
  const onRoute = entry.route !== '';
  const onService = entry.service !== '';
  const onConsumer = entry.consumer !== '';
  if (onRoute && entry.route !== route?.id) return -1;
  if (onService && entry.service !== (route?.service?.id ?? '')) return -1;
  if (onConsumer && entry.consumer !== consumer) return -1;
  const ranks: Readonly<Record<string, number>> = { rsc: 7, rc: 6, sc: 5, rs: 4, c: 3, r: 2, s: 1, '': 0 };
  return ranks[`${onRoute ? 'r' : ''}${onService ? 's' : ''}${onConsumer ? 'c' : ''}`] ?? 0;
}

/** Reads each plugin entry once, however many routes it stands on. */
export class PluginReader {
  readonly #entities: KongEntities;
  readonly #node: NodeSettings;
  readonly #read = new Map<string, PluginPhases>();

  constructor(entities: KongEntities, node: NodeSettings) {
    this.#entities = entities;
    this.#node = node;
    for (const entry of entities.plugins) this.#account(entry);
  }

  /** Says of each entry what becomes of it. */
  #account(entry: KongPluginEntry): void {
    if (plugins.some(([, plugin]) => plugin.name === entry.name)) return;
    const why = notMirrored[entry.name] ?? 'it does not come with Kong and is not mirrored';
    entry.config.ignored(`${entry.name}: ${why}`);
    if (!entry.enabled) return;
    const effect = guards.has(entry.name) ? 'what it guards answers 501' : 'it does nothing here';
    entry.setting.warning('DG1208', `the plugin ${JSON.stringify(entry.name)} is not mirrored: ${why}`, effect);
  }

  /** The lists of a route, in the order of priorities; of no route: of the plugins that stand everywhere, as Kong's 404 runs them. */
  stepsFor(route: KongRoute | null): PluginSteps {
    const steps: PluginSteps = { rewrite: [], request: this.#closedDoors(route), head: [], body: [], log: [] };
    for (const [, plugin] of plugins) {
      const entries = this.#entities.plugins.filter((one) => one.name === plugin.name && one.enabled);
      if (entries.length === 0) continue;
      const best = (consumer: string | null): KongPluginEntry | undefined =>
        entries
          .map((entry) => ({ entry, rank: specificity(entry, route, consumer) }))
          .filter((one) => one.rank >= 0)
          .sort((a, b) => b.rank - a.rank)[0]?.entry;
      const usual = best(null);
      // Where no route matched, nobody has said who they are.
      const consumers =
        route === null ? [] : [...new Set(entries.map((one) => one.consumer).filter((one) => one !== ''))].filter((id) => best(id) !== usual);
      const phase = (name: keyof PluginPhases, kind: string, list: Step[], wrapper: string): void => {
        const stepOf = (entry: KongPluginEntry | undefined): Step | null => {
          const options = entry === undefined ? undefined : this.#phases(entry, route)[name];
          return options === undefined || entry === undefined ? null : { kind, options, origin: entry.setting.origin };
        };
        const others = stepOf(usual);
        const own = consumers.map((id) => ({ id, step: stepOf(best(id)) }));
        if (own.some((one) => one.step !== null)) {
          list.push({
            kind: wrapper,
            options: { others, consumers: own } satisfies ByConsumer,
            origin: (best(consumers[0] as string) as KongPluginEntry).setting.origin,
          });
        } else if (others !== null) list.push(others);
      };
      phase('rewrite', `kong/${plugin.name}/rewrite`, steps.rewrite, 'kong/by-consumer');
      phase('access', `kong/${plugin.name}`, steps.request, 'kong/by-consumer');
      phase('headerFilter', `kong/${plugin.name}/header-filter`, steps.head, 'kong/by-consumer');
      phase('bodyFilter', `kong/${plugin.name}/body-filter`, steps.body, 'kong/by-consumer/body');
      phase('log', `kong/${plugin.name}/log`, steps.log, 'kong/by-consumer');
    }
    return steps;
  }

  /** In the place of each plugin that decides who may pass and is not mirrored: nobody does. */
  #closedDoors(route: KongRoute | null): Step[] {
    return this.#entities.plugins
      .filter((one) => one.enabled && guards.has(one.name) && specificity(one, route, one.consumer === '' ? null : one.consumer) >= 0)
      .filter((one) => !plugins.some(([, plugin]) => plugin.name === one.name))
      .map((one) => ({ kind: 'kong/closed', options: { plugin: one.name } satisfies ClosedOptions, origin: one.setting.origin }));
  }

  #phases(entry: KongPluginEntry, route: KongRoute | null): PluginPhases {
    const place = { route: entry.route === '' && entry.name !== 'rate-limiting' ? '' : (route?.id ?? ''), service: route?.service?.id ?? '' };
    const key = `${entry.setting.origin.file} ${entry.setting.origin.pointer} ${place.route} ${place.service}`;
    let phases = this.#read.get(key);
    if (phases === undefined) {
      const plugin = plugins.find(([, one]) => one.name === entry.name)?.[1];
      phases = plugin?.read(entry.config.as(`kong/plugins/${entry.name}`), { consumers: this.#entities.consumers, node: this.#node, place }) ?? {};
      this.#read.set(key, phases);
    }
    return phases;
  }
}
