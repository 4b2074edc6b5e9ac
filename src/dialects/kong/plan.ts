import type { Step } from '../../model/gateway.ts';
import type { ByConsumer } from './by-consumer.ts';
import type { ClosedOptions } from './closed.ts';
import type { KongPluginEntry } from './entities/plugin.ts';
import type { KongEntities } from './entities/read-entities.ts';
import type { KongRoute } from './entities/route.ts';
import type { NodeSettings } from './node-settings.ts';
import { doorOf, whyNotMirrored } from './not-mirrored.ts';
import { plugins } from './phases.ts';
import type { KongPlugin, PluginPhases } from './plugins/plugin.ts';
import { PluginScopes, type Ranked } from './precedence.ts';

export interface PluginSteps {
  readonly rewrite: Step[];
  readonly request: Step[];
  readonly head: Step[];
  readonly body: Step[];
  readonly log: Step[];
}

const phases = [
  { phase: 'rewrite', list: 'rewrite', suffix: '/rewrite', wrapper: 'kong/by-consumer' },
  { phase: 'access', list: 'request', suffix: '', wrapper: 'kong/by-consumer' },
  { phase: 'headerFilter', list: 'head', suffix: '/header-filter', wrapper: 'kong/by-consumer' },
  { phase: 'bodyFilter', list: 'body', suffix: '/body-filter', wrapper: 'kong/by-consumer/body' },
  { phase: 'log', list: 'log', suffix: '/log', wrapper: 'kong/by-consumer' },
] as const satisfies readonly {
  readonly phase: keyof PluginPhases;
  readonly list: keyof PluginSteps;
  readonly suffix: string;
  readonly wrapper: string;
}[];

const noSteps = (): PluginSteps => ({ rewrite: [], request: [], head: [], body: [], log: [] });

/** Reads each plugin entry once, and works out once what comes of the entries of a plugin, however many routes share it. */
export class PluginReader {
  readonly #entities: KongEntities;
  readonly #node: NodeSettings;
  readonly #scopes = new Map<string, PluginScopes>();
  readonly #doors: readonly { readonly name: string; readonly scopes: PluginScopes }[];
  readonly #read = new Map<KongPluginEntry, PluginPhases>();
  readonly #steps = new Map<string, PluginSteps>();
  readonly #groupNames: ReadonlyMap<string, string>;
  readonly #groupsOf: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(entities: KongEntities, node: NodeSettings) {
    this.#entities = entities;
    this.#node = node;
    this.#groupNames = new Map(entities.consumerGroups.map((one) => [one.id, one.name]));
    this.#groupsOf = new Map(entities.consumers.map((one) => [one.id, new Set(one.consumerGroups.map((group) => group.id))]));
    const byName = new Map<string, KongPluginEntry[]>();
    for (const entry of entities.plugins) {
      byName.set(entry.name, byName.get(entry.name) ?? []);
      byName.get(entry.name)?.push(entry);
      this.#account(entry);
    }
    for (const [name, entries] of byName) this.#scopes.set(name, new PluginScopes(entries));
    this.#doors = [...this.#scopes].flatMap(([name, scopes]) => (isGuard(name) ? [{ name, scopes }] : []));
  }

  /** Says of each entry what becomes of it. */
  #account(entry: KongPluginEntry): void {
    const { name, setting } = entry;
    const { loaded } = this.#node;
    if (loaded !== null && !loaded.has(name))
      setting
        .get('name')
        .problem(
          'DG1205',
          `the plugin ${JSON.stringify(name)} is not enabled`,
          'expected it in plugins of kong.conf: Kong refuses what it has not loaded',
        );
    if (entry.consumer !== '' && notForConsumers.has(name))
      setting.problem(
        'DG1203',
        `the plugin ${JSON.stringify(name)} stands on a consumer`,
        'it finds out who the consumer is: expected a service, a route or neither',
      );
    if (mirroredNames.has(name)) return;
    const why = whyNotMirrored(name) ?? 'it does not come with Kong, and plugins of your own are not run';
    entry.config.ignored(`${name}: ${why}`);
    if (!entry.enabled) return;
    setting.warning(
      'DG1208',
      `the plugin ${JSON.stringify(name)} is not mirrored: ${why}`,
      isGuard(name) ? 'what it guards answers 501' : 'it does nothing here',
    );
  }

  /** The lists of a route, in the order of priorities; of no route: of the plugins that stand everywhere, as Kong's 404 runs them. */
  stepsFor(route: KongRoute | null): PluginSteps {
    const steps = noSteps();
    const closed = route === null ? [] : this.#closedDoors(route);
    for (const [priority, plugin] of plugins) {
      for (const door of closed) if (door.priority > priority) steps.request.push(...door.steps.splice(0));
      const scopes = this.#scopes.get(plugin.name);
      if (scopes === undefined) continue;
      const place = route === null ? null : scopes.placeOf(route);
      let own = place === null ? undefined : this.#steps.get(`${plugin.name} ${place}`);
      if (own === undefined) {
        own = this.#stepsOf(plugin, route === null ? scopes.everywhere : scopes.on(route));
        if (place !== null) this.#steps.set(`${plugin.name} ${place}`, own);
      }
      for (const { list } of phases) if (own[list].length > 0) steps[list].push(...own[list]);
    }
    steps.request.push(...closed.flatMap((door) => door.steps));
    return steps;
  }

  /** Entries that stand on no route of this configuration, or are switched off: what they say is judged all the same. */
  readRest(): void {
    for (const [, plugin] of plugins) {
      for (const { entry } of this.#scopes.get(plugin.name)?.all ?? []) this.#phases(plugin, entry);
    }
    for (const entry of this.#entities.plugins) if (!entry.enabled) entry.config.ignored('the plugin is switched off');
  }

  /** What comes of the entries of one plugin, the most specific one first. */
  #stepsOf(plugin: KongPlugin, entries: readonly Ranked[]): PluginSteps {
    const steps = noSteps();
    const best = (consumer: string, groups: ReadonlySet<string>): Ranked | undefined =>
      entries.find(
        ({ entry }) => (entry.consumer === '' || entry.consumer === consumer) && (entry.consumerGroup === '' || groups.has(entry.consumerGroup)),
      );
    const usual = best('', none);
    const named = (key: 'consumer' | 'consumerGroup'): string[] => [...new Set(entries.map(({ entry }) => entry[key]).filter((id) => id !== ''))];
    const consumers = named('consumer').map((id) => ({ id, entry: best(id, this.#groupsOf.get(id) ?? none)?.entry }));
    // Kong looks for the groups of a consumer by how specific the entry is, then by name.
    const groups = named('consumerGroup')
      .map((id) => ({ id, name: this.#groupNames.get(id) ?? '', found: best('', new Set([id])) }))
      .filter(({ found }) => found !== usual)
      .sort((a, b) => (b.found?.rank ?? 0) - (a.found?.rank ?? 0) || (a.name < b.name ? -1 : 1))
      .map(({ id, found }) => ({ id, entry: found?.entry }));
    for (const { phase, list, suffix, wrapper } of phases) {
      const kind = `kong/${plugin.name}${suffix}`;
      const stepOf = (entry: KongPluginEntry | undefined): Step | null => {
        const options = entry === undefined ? undefined : this.#phases(plugin, entry)[phase];
        return options === undefined || entry === undefined ? null : { kind, options, origin: entry.setting.origin };
      };
      const variants = (ones: readonly { readonly id: string; readonly entry: KongPluginEntry | undefined }[]): ByConsumer['consumers'] =>
        ones.map(({ id, entry }) => ({ id, step: stepOf(entry) }));
      const options: ByConsumer = { others: stepOf(usual?.entry), consumers: variants(consumers), groups: variants(groups) };
      const own = [...options.consumers, ...options.groups];
      const first = own.find((one) => one.step !== null)?.step ?? options.others;
      if (first === null) continue;
      steps[list].push(own.length === 0 ? first : { kind: wrapper, options, origin: first.origin });
    }
    return steps;
  }

  /** In the place of each plugin that decides who may pass and is not mirrored: nobody does. */
  #closedDoors(route: KongRoute): { readonly priority: number; readonly steps: Step[] }[] {
    return this.#doors.flatMap(({ name, scopes }) => {
      const [first] = scopes.on(route);
      if (first === undefined) return [];
      const step = { kind: 'kong/closed', options: { plugin: name } satisfies ClosedOptions, origin: first.entry.setting.origin };
      return [{ priority: doorOf(name) ?? Infinity, steps: [step] }];
    });
  }

  #phases(plugin: KongPlugin, entry: KongPluginEntry): PluginPhases {
    let read = this.#read.get(entry);
    if (read === undefined) {
      const { route, service, consumer, consumerGroup } = entry;
      const place = { route, service, consumer, consumerGroup };
      // An empty configuration is read as well.
      entry.config.entries();
      const { consumers, routes, transform } = this.#entities;
      read = plugin.read(entry.config.as(`kong/plugins/${entry.name}`), { consumers, routes, node: this.#node, transform, place });
      this.#read.set(entry, read);
    }
    return read;
  }
}

const none: ReadonlySet<string> = new Set();
const mirroredNames: ReadonlySet<string> = new Set(plugins.map(([, { name }]) => name));
const isGuard = (name: string): boolean => !mirroredNames.has(name) && doorOf(name) !== undefined;

/** Plugins whose schema wants no consumer (kong.db.schema.typedefs, no_consumer): they find out who it is. */
const notForConsumers: ReadonlySet<string> = new Set([
  'acl',
  'basic-auth',
  'hmac-auth',
  'jwt',
  'key-auth',
  'key-auth-enc',
  'ldap-auth',
  'oauth2',
  'openid-connect',
  'session',
]);
