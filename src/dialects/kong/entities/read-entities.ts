import type { Setting } from '../../../sources/setting.ts';
import { credentialCollections, readConsumer, type KongConsumer } from './consumer.ts';
import { readPlugin, type KongPluginEntry } from './plugin.ts';
import { readRoute, type KongRoute } from './route.ts';
import { readService, type KongService } from './service.ts';
import { reference } from './shared.ts';
import { readUpstream, type KongUpstream } from './upstream.ts';

export interface KongEntities {
  readonly services: readonly KongService[];
  readonly routes: readonly KongRoute[];
  readonly consumers: readonly KongConsumer[];
  readonly plugins: readonly KongPluginEntry[];
  readonly upstreams: readonly KongUpstream[];
}

/** Reads the entities of a declarative file, nested ones and those at the top. */
export function readEntities(root: Setting): KongEntities {
  const version = root.get('_format_version');
  if (!/^(?:1\.1|2\.1|3(?:\.0)?)$/.test(version.string() ?? '3.0'))
    version.problem('DG1203', `_format_version is ${version.string() ?? ''}`, 'expected 1.1, 2.1 or 3.0');
  root.get('_transform').ignored('passwords are compared as they stand');
  root.get('_info').ignored('describes the file to decK');
  root.get('_comment').ignored('a comment');
  root.get('_ignore').ignored('not read by Kong either');
  root.get('_workspace').ignored('there is one workspace here');
  root.get('_konnect').ignored('describes the file to decK');
  const services: KongService[] = [];
  const routes: KongRoute[] = [];
  const consumers: KongConsumer[] = [];
  const plugins: KongPluginEntry[] = [];
  const none = { service: '', route: '', consumer: '' };

  const addRoute = (setting: Setting, owner: KongService | null): void => {
    const service = owner ?? serviceNamed(reference(setting.get('service')), services);
    if (owner === null && service === undefined && reference(setting.get('service')) !== '') {
      setting
        .get('service')
        .problem(
          'DG1205',
          `there is no service ${JSON.stringify(reference(setting.get('service')))}`,
          'expected the name or id of a service of this file',
        );
    }
    const route = readRoute(setting.as('kong/route'), service ?? null, routes.length);
    routes.push(route);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, route: route.id, service: '' }));
  };
  for (const setting of root.get('services').items()) {
    const service = readService(setting.as('kong/service'), services.length);
    services.push(service);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, service: service.id }));
  }
  for (const [index, setting] of root.get('services').items().entries())
    for (const one of setting.get('routes').items()) addRoute(one, services[index] as KongService);
  for (const setting of root.get('routes').items()) addRoute(setting, null);
  const loose = new Map(credentialCollections.map((name) => [name, root.get(name).items()]));
  for (const setting of root.get('consumers').items()) {
    const consumer = readConsumer(setting.as('kong/consumer'), consumers.length, loose);
    consumers.push(consumer);
    for (const one of setting.get('plugins').items()) plugins.push(readPlugin(one, { ...none, consumer: consumer.id }));
  }
  for (const setting of root.get('plugins').items()) plugins.push(readPlugin(setting, none));
  const byName = <T extends { readonly id: string }>(all: readonly T[], name: string, nameOf: (one: T) => string): string =>
    all.find((one) => one.id === name || nameOf(one) === name)?.id ?? name;
  const upstreams = root
    .get('upstreams')
    .items()
    .map((one) => readUpstream(one.as('kong/upstream'), root.get('targets').items()));
  return {
    services,
    routes,
    consumers,
    upstreams,
    plugins: plugins.map((one) => ({
      ...one,
      service: one.service === '' ? '' : byName(services, one.service, (service) => service.name),
      route: one.route === '' ? '' : byName(routes, one.route, (route) => route.name),
      consumer: one.consumer === '' ? '' : byName(consumers, one.consumer, (consumer) => consumer.username),
    })),
  };
}

const serviceNamed = (name: string, services: readonly KongService[]): KongService | undefined =>
  name === '' ? undefined : services.find((one) => one.name === name || one.id === name);
