import { ids } from './naming.ts';
import { domainsOf } from './custom-domains.ts';
import type { Resources, Service } from './service.ts';

/** Sections of plugins that change nothing for a request, by their key below `custom`. */
const hints: Readonly<Record<string, string>> = {
  'serverless-offline': 'is for another emulator: where devgateway listens is said to it',
  'serverless-offline-ssm': 'is for another emulator',
  esbuild: 'the code is run as it stands',
  webpack: 'the code is run as it stands',
  bundle: 'the code is run as it stands',
  pythonRequirements: 'packages of the functions are installed by who runs them',
  dynamodb: 'runs a database, which is no part of the gateway',
  documentation: 'describes the API for people',
  prune: 'concerns the deployment',
  wsgi: 'is read by the code of the functions',
  warmup: 'calls functions without a request',
  logSubscription: 'where production keeps its logs does nothing here',
};

/** What plugins make, and what their sections say. `made`: what the framework made before them. */
export function pluginsOf(service: Service, plugins: readonly string[], made: Resources): Resources {
  const custom = service.root.get('custom');
  for (const [key, why] of Object.entries(hints)) custom.get(key).ignored(why);
  for (const key of custom.keys())
    if (!['apiGatewayServiceProxies', 'apiKeys', 'customDomain', 'customDomains'].includes(key))
      custom.get(key).leftToOthers('nothing that is read here asks for it');
  return domainsOf(service, plugins, { rest: made[ids.restApi] !== undefined, http: made[ids.httpApi] !== undefined });
}

/** A list, or a map with `modules`. */
export function pluginNames({ root }: Service): readonly string[] {
  const plugins = root.get('plugins');
  const list = plugins.kind === 'map' ? plugins.get('modules') : plugins;
  if (plugins.kind === 'map') plugins.get('localPath').ignored('plugins are not run');
  return list.items().flatMap((one) => one.string() ?? []);
}
