import type { Setting } from '../../../sources/setting.ts';
import { readConsumerGroup, readMemberships, type KongConsumerGroup } from './consumer-group.ts';
import { checkConsumer, complete, looseCredentials, readConsumer, type KongConsumer } from './consumer.ts';
import { Directory, twice } from './directory.ts';
import { readHead } from './head.ts';
import { readPlugin, type KongPluginEntry, type PluginScope } from './plugin.ts';
import { readRoute, type KongRoute } from './route.ts';
import { readService, type KongService } from './service.ts';
import { reference } from './shared.ts';
import { readUpstream, type KongUpstream } from './upstream.ts';

export interface KongEntities {
  readonly services: readonly KongService[];
  readonly routes: readonly KongRoute[];
  readonly consumers: readonly KongConsumer[];
  readonly consumerGroups: readonly KongConsumerGroup[];
  readonly plugins: readonly KongPluginEntry[];
  readonly upstreams: readonly KongUpstream[];
  /** Whether secrets stand in the file as they are, or as Kong's database keeps them. */
  readonly transform: boolean;
}

const nowhere: PluginScope = { service: '', route: '', consumer: '', consumerGroup: '' };

/** Reads the entities of declarative files, nested ones and those at the top. Several files are one configuration, as decK reads them. */
export function readEntities(roots: readonly Setting[]): KongEntities {
  const { pluginConfigs, defaultsFor, isPart, isOld, transform } = readHead(roots);
  const all = (key: string, as: string): Setting[] => roots.flatMap((root) => root.get(key).items()).map((one) => one.as(`kong/${as}`));
  const services = new Directory<KongService>(
    'service',
    ({ name }) => ({ name }),
    () => isPart('services'),
  );
  const routes = new Directory<KongRoute>(
    'route',
    ({ name }) => ({ name }),
    () => isPart('routes'),
  );
  const consumers = new Directory<KongConsumer>(
    'consumer',
    ({ username, customId }) => ({ username, custom_id: customId }),
    () => isPart('consumers'),
  );
  const groups = new Directory<KongConsumerGroup>(
    'consumer group',
    ({ name }) => ({ name }),
    () => isPart('consumer_groups'),
  );
  const loosePlugins: { readonly setting: Setting; readonly owner: PluginScope }[] = [];
  const plugins = (setting: Setting, owner: Partial<PluginScope>, key = 'plugins'): void => {
    for (const one of setting.get(key).items()) loosePlugins.push({ setting: one, owner: { ...nowhere, ...owner } });
  };
  const addRoute = (setting: Setting, service: KongService | null): void => {
    const route = routes.add(
      readRoute(setting.as('kong/route').otherwise(defaultsFor('route')), service, routes.all.length, isOld(setting.origin.file)),
    );
    plugins(setting, { route: route.id });
  };

  for (const setting of all('services', 'service')) {
    const service = services.add(readService(setting.otherwise(defaultsFor('service')), services.all.length));
    plugins(setting, { service: service.id });
  }
  for (const service of services.all) for (const one of service.setting.get('routes').items()) addRoute(one, service);
  for (const setting of all('routes', 'route')) addRoute(setting, services.refer(reference(setting.get('service')), setting.get('service')) ?? null);
  for (const setting of all('consumers', 'consumer')) {
    const consumer = consumers.add(readConsumer(setting, consumers.all.length));
    checkConsumer(consumer);
    plugins(setting, { consumer: consumer.id });
  }
  for (const setting of all('consumer_groups', 'consumer-group')) {
    const group = groups.add(readConsumerGroup(setting, groups.all.length));
    for (const key of ['plugins', 'consumer_group_plugins']) plugins(setting, { consumerGroup: group.id }, key);
  }
  for (const root of roots) for (const key of ['plugins', 'consumer_group_plugins']) plugins(root, {}, key);

  const memberships = readMemberships(roots, consumers, groups);
  const loose = looseCredentials(roots, (key, setting) => consumers.refer(key, setting));
  const scoped = (entry: KongPluginEntry): KongPluginEntry => {
    const refer = (directory: Directory<never>, id: string, key: string): string =>
      (directory as unknown as Directory<KongConsumerGroup>).refer(id, entry.setting.get(key))?.id ?? id;
    return {
      ...entry,
      service: refer(services as never, entry.service, 'service'),
      route: refer(routes as never, entry.route, 'route'),
      consumer: refer(consumers as never, entry.consumer, 'consumer'),
      consumerGroup: refer(groups as never, entry.consumerGroup, 'consumer_group'),
    };
  };
  const targets = roots.flatMap((root) => root.get('targets').items());
  const upstreams = all('upstreams', 'upstream').map((one) => readUpstream(one.otherwise(defaultsFor('upstream')), targets));
  return {
    services: services.all,
    routes: routes.all,
    consumers: consumers.all.map((one) => complete(one, loose, memberships)),
    consumerGroups: groups.all,
    upstreams,
    transform,
    plugins: onceEach(loosePlugins.map(({ setting, owner }) => scoped(readPlugin(setting, owner, pluginConfigs)))),
  };
}

/**
 * A plugin stands once at a place (its cache key): Kong refuses a second one. It is only told here, and the first one counts: Kong's own
 * tests, from which conformance cases are taken, put such entries past its schema.
 */
function onceEach(entries: readonly KongPluginEntry[]): readonly KongPluginEntry[] {
  const seen = new Map<string, KongPluginEntry>();
  return entries.filter((entry) => {
    const key = JSON.stringify([entry.name, entry.route, entry.service, entry.consumer, entry.consumerGroup, reference(entry.setting.get('model'))]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, entry);
      return true;
    }
    twice(entry.setting, `the plugin ${JSON.stringify(entry.name)} at this place`, first.setting, 'warning');
    entry.setting.ignored('the first entry of the plugin at this place counts');
    return false;
  });
}
