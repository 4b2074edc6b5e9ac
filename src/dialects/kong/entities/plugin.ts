import type { Setting } from '../../../sources/setting.ts';
import { ignoreBookkeeping, reference } from './shared.ts';

/** Where a plugin stands: ids, empty where it is not bound to one. */
export interface PluginScope {
  readonly service: string;
  readonly route: string;
  readonly consumer: string;
  readonly consumerGroup: string;
}

export interface KongPluginEntry extends PluginScope {
  readonly name: string;
  readonly enabled: boolean;
  readonly config: Setting;
  readonly setting: Setting;
}

/** Protocols of the HTTP side of a node: a plugin that names none of them runs on streams alone (kong.runloop.plugins_iterator, should_process_plugin). */
const httpSide: ReadonlySet<string> = new Set(['http', 'https', 'grpc', 'grpcs', 'ws', 'wss']);
const protocols = ['http', 'https', 'tcp', 'tls', 'udp', 'grpc', 'grpcs', 'tls_passthrough', 'ws', 'wss'] as const;

const without: Readonly<Record<string, string>> = {
  id: 'a plugin is told apart by its name and where it stands',
  instance_name: 'a name for people and logs',
  run_on: 'Kong itself no longer knows service mesh',
  partials: 'partials name shared servers such as Redis, which nothing here asks',
  model: 'models of the AI gateway are not mirrored: what stands on one does not run here',
  condition: 'conditions of plugins (Enterprise) are not mirrored: it runs for every request',
};

/** `configs`: what decK's `_config` names. */
export function readPlugin(setting: Setting, owner: PluginScope, configs: ReadonlyMap<string, Setting>): KongPluginEntry {
  const entry = setting.as('kong/plugin');
  ignoreBookkeeping(entry, without);
  const ordering = entry.get('ordering');
  if (ordering.exists) {
    ordering.ignored('dynamic ordering needs Kong Enterprise: plugins run by priority here');
    ordering.warning('DG1208', 'dynamic plugin ordering needs Kong Enterprise and is not mirrored', 'plugins run by their priorities here');
  }
  const name = entry.get('name').string() ?? '';
  if (name === '') entry.problem('DG1204', `${entry.name} has no name`, 'expected the name of a plugin');
  const named = entry
    .get('protocols')
    .items()
    .map((one) => one.oneOf(...protocols));
  const own = (key: 'service' | 'route' | 'consumer' | 'consumer_group', usual: string): string => reference(entry.get(key)) || usual;
  const read = {
    name,
    enabled:
      (entry.get('enabled').boolean() ?? true) &&
      !entry.get('model').exists &&
      (named.length === 0 || named.some((one) => one === undefined || httpSide.has(one))),
    config: configOf(entry, configs),
    setting: entry,
    service: own('service', owner.service),
    route: own('route', owner.route),
    consumer: own('consumer', owner.consumer),
    consumerGroup: own('consumer_group', owner.consumerGroup),
  };
  entry.expects(['_config']);
  entry.rejectUnknownKeys();
  return read;
}

/** The plugin's own configuration over the one that decK's `_config` names. */
function configOf(entry: Setting, configs: ReadonlyMap<string, Setting>): Setting {
  const named = entry.get('_config').string();
  const config = entry.get('config');
  if (named === undefined) return config;
  const shared = configs.get(named);
  if (shared !== undefined) return config.otherwise(shared);
  entry.get('_config').problem('DG1205', `there is no plugin configuration ${JSON.stringify(named)}`, 'expected a key of _plugin_configs');
  return config;
}
