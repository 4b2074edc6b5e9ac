import { addedKeysOf } from './added-keys.ts';
import type { Made } from '../tree.ts';
import { httpEventsOf, type HttpEvent } from './http-event.ts';
import { ids } from './naming.ts';
import { merged, preflightOf, type RestCors } from './rest-cors.ts';
import { integrationOf } from './rest-integration.ts';
import { demandsOf } from './rest-models.ts';
import { readRestProvider, type RestProvider } from './rest-provider.ts';
import { given, resource, type Resources, type Service } from './service.ts';
import { usagePlansOf } from './usage-plans.ts';
import { proxiesOf } from './service-proxies.ts';

/** The REST API that `http` events make, and what a plugin adds to it. Source: lib/plugins/aws/package/compile/events/api-gateway. */
export function restApiOf(service: Service, plugins: readonly string[]): Resources {
  const events = httpEventsOf(service);
  const proxies = proxiesOf(service, plugins);
  if (events.length === 0 && proxies.length === 0) {
    const why = 'no function has an http event: the framework makes no REST API';
    for (const name of ['apiGateway', 'apiKeys', 'usagePlan', 'resourcePolicy']) service.provider.get(name).leftToOthers(why);
    return {};
  }
  const provider = readRestProvider(service);
  return {
    ...provider.resources,
    ...pathsOf([...events, ...proxies], provider, service),
    ...preflightsOf([...events, ...proxies], provider),
    ...Object.assign({}, ...events.map((one) => methodOf(one, service, provider))),
    ...Object.assign({}, ...proxies.map((one) => one.method(placeOf(one.path, provider)))),
    ...usagePlansOf(service, provider),
    ...addedKeysOf(service, plugins, provider),
  };
}

const placeOf = (path: string, { restApi, root }: RestProvider): { readonly RestApiId: Made; readonly ResourceId: Made } => ({
  RestApiId: restApi,
  ResourceId: path === '' ? root : { Ref: ids.resource(path) },
});

/** A resource for each segment. */
function pathsOf(paths: readonly { readonly path: string }[], provider: RestProvider, service: Service): Resources {
  const made: Resources = {};
  for (const { path } of paths) {
    const parts = path.split('/').filter((part) => part !== '');
    for (const [at, part] of parts.entries()) {
      const id = ids.resource(parts.slice(0, at + 1).join('/'));
      const above = placeOf(parts.slice(0, at).join('/'), provider).ResourceId;
      made[id] ??= resource('AWS::ApiGateway::Resource', { RestApiId: provider.restApi, ParentId: above, PathPart: part }, service.root);
    }
  }
  return made;
}

function methodOf(event: HttpEvent, service: Service, provider: RestProvider): Resources {
  const { at, path, method, authorizer } = event;
  const { restApi } = provider;
  const demands = demandsOf(event, service, restApi);
  const properties = {
    ...placeOf(path, provider),
    HttpMethod: method,
    OperationName: given(at.get('operationId')),
    ApiKeyRequired: given(at.get('private')) ?? false,
    ...(authorizer?.method ?? { AuthorizationType: 'NONE' }),
    ...demands.method,
    Integration: integrationOf(event, service),
  };
  return {
    ...authorizer?.resources(restApi),
    ...demands.resources,
    [ids.method(path, method)]: resource('AWS::ApiGateway::Method', properties, at),
  };
}

function preflightsOf(events: readonly { readonly path: string; readonly cors: RestCors | undefined }[], provider: RestProvider): Resources {
  const byPath = new Map<string, RestCors>();
  for (const { path, cors } of events) if (cors !== undefined) byPath.set(path, merged(byPath.get(path), cors));
  return Object.assign({}, ...[...byPath].map(([path, cors]) => preflightOf(path, cors, placeOf(path, provider))));
}
