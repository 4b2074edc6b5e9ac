import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import { httpAuthorizersOf, guardOf } from './http-authorizers.ts';
import { ids } from './naming.ts';
import { usualHeaders } from './rest-cors.ts';
import { arnOf, checkKeys, given, isOn, refersTo, resource, textOf, type Resources, type Service, type ServiceFunction } from './service.ts';

interface HttpApiEvent {
  readonly of: ServiceFunction;
  readonly at: Setting;
  /** `GET /path` or `$default`. */
  readonly key: string;
  readonly method: string;
}

const methods = ['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE'];
const known = [
  'authorizers',
  'cors',
  'disableDefaultEndpoint',
  'id',
  'metrics',
  'name',
  'payload',
  'shouldStartNameWithService',
  'timeout',
  'useProviderTags',
];

/** The HTTP API that `httpApi` events make. Source: lib/plugins/aws/package/compile/events/http-api.js. */
export function httpApiOf(service: Service): Resources {
  const settings = service.provider.get('httpApi');
  const events = service.functions.flatMap((of) =>
    of.events.flatMap(({ kind, value }) => (kind === 'httpApi' ? (readEvent(value, of, service) ?? []) : [])),
  );
  if (events.length === 0) {
    settings.leftToOthers('no function has an httpApi event: the framework makes no HTTP API');
    return {};
  }
  checkKeys(settings, known, service);
  checkTwice(events);
  const external = settings.get('id');
  if (external.exists)
    for (const one of [settings.get('cors'), settings.get('authorizers'), service.provider.get('logs').get('httpApi')])
      if (isOn(one))
        one.problem('DG1206', `${one.name} cannot be set up for an HTTP API that is made elsewhere`, 'expected it where the API is made');
  const local = external.exists && refersTo(external, service);
  const api: Made = local ? external.tree : { Ref: ids.httpApi };
  if (external.exists && !local)
    external.approximately('the API is made elsewhere: what this service adds to it is served as an API of its own').settle();
  for (const name of ['metrics', 'useProviderTags']) settings.get(name).ignored('nothing is measured or tagged here');
  for (const name of ['name', 'shouldStartNameWithService']) settings.get(name).ignored('is a name for people');
  return {
    ...(local ? {} : apiOf(service, settings, events)),
    ...httpAuthorizersOf(service, api),
    ...Object.assign({}, ...events.map((one) => routeOf(one, service, api))),
  };
}

/** `GET /path`, `*`, or a map. */
function readEvent(at: Setting, of: ServiceFunction, service: Service): HttpApiEvent | undefined {
  const isMap = at.kind === 'map';
  if (isMap) checkKeys(at, ['authorizer', 'method', 'path'], service);
  const text = isMap ? undefined : (textOf(at) ?? '');
  const [, first, second] = /^(\S+)\s+(\S+)$/.exec(text ?? '') ?? [];
  const path = isMap ? textOf(at.get('path')) : text === '*' ? '*' : second;
  const method = (isMap ? textOf(at.get('method')) : first)?.toUpperCase();
  if (path === undefined) return at.problem('DG1204', 'this httpApi event has no path', 'expected "GET /path", "*", or a map with method and path');
  if (path === '*') {
    if (method !== undefined && method !== '*')
      return at.problem('DG1206', 'an httpApi event for any path takes any method', 'expected no method beside path: "*"');
    return { of, at, key: '$default', method: 'ANY' };
  }
  if (method === undefined) return at.problem('DG1204', 'this httpApi event has no method', `expected ${methods.join(', ')} or *`);
  const named = method === '*' ? 'ANY' : method;
  if (!methods.includes(named)) return at.problem('DG1203', `${JSON.stringify(method)} is no method`, `expected ${methods.join(', ')} or *`);
  return { of, at, key: `${named} ${path}`, method: named };
}

function checkTwice(events: readonly HttpApiEvent[]): void {
  const met = new Set<string>();
  for (const { key, at } of events) {
    if (met.has(key) && key !== '$default') at.problem('DG1206', `there are two httpApi events for ${key}`, 'expected one function for each route');
    met.add(key);
  }
}

function apiOf({ provider, name, stage }: Service, settings: Setting, events: readonly HttpApiEvent[]): Resources {
  const at = settings.exists ? settings : provider;
  const logs = provider.get('logs').get('httpApi');
  return {
    [ids.httpApi]: resource(
      'AWS::ApiGatewayV2::Api',
      {
        Name: `${stage}-${name}`,
        ProtocolType: 'HTTP',
        DisableExecuteApiEndpoint: given(settings.get('disableDefaultEndpoint')),
        CorsConfiguration: corsOf(settings.get('cors'), events),
      },
      at,
    ),
    [ids.httpStage]: resource(
      'AWS::ApiGatewayV2::Stage',
      {
        ApiId: { Ref: ids.httpApi },
        StageName: '$default',
        AutoDeploy: true,
        AccessLogSettings: isOn(logs) ? { DestinationArn: given(logs.get('logGroup')), Format: given(logs.get('format')) ?? usualFormat } : undefined,
      },
      at,
    ),
  };
}

const usualFormat = JSON.stringify({
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  ...Object.fromEntries(
    ['requestTime', 'httpMethod', 'routeKey', 'status', 'protocol', 'responseLength'].map((field) => [field, `$context.${field}`]),
  ),
});

/** `true`, or a map. Methods that are not said are those of the routes. */
function corsOf(cors: Setting, events: readonly HttpApiEvent[]): Made {
  if (!isOn(cors)) return undefined;
  const of = (name: string): Tree | undefined => (cors.kind === 'map' ? given(cors.get(name)) : undefined);
  const ofRoutes = events.flatMap(({ method }) => (method === 'ANY' ? methods.filter((one) => one !== 'ANY') : [method]));
  return {
    AllowOrigins: of('allowedOrigins') ?? ['*'],
    AllowHeaders: of('allowedHeaders') ?? usualHeaders,
    AllowMethods: of('allowedMethods') ?? [...new Set(['OPTIONS', ...ofRoutes])],
    AllowCredentials: of('allowCredentials'),
    ExposeHeaders: of('exposedResponseHeaders'),
    MaxAge: of('maxAge'),
  };
}

/** A route, and the integration that all routes of a function share. */
function routeOf({ of, at, key }: HttpApiEvent, service: Service, api: Made): Resources {
  const settings = service.provider.get('httpApi');
  const own = of.setting.get('httpApi');
  // Releases before 2 take the time-out here; later ones give all the time there is.
  for (const one of [own, settings]) one.get('timeout').ignored('the framework gives each integration 30 seconds');
  const integration = ids.httpIntegration(of.key);
  return {
    [integration]: resource(
      'AWS::ApiGatewayV2::Integration',
      {
        ApiId: api,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf(of),
        PayloadFormatVersion: payloadOf(own.get('payload')) ?? payloadOf(settings.get('payload')) ?? '2.0',
        TimeoutInMillis: 30_000,
      },
      of.setting,
    ),
    [ids.httpRoute(key)]: resource(
      'AWS::ApiGatewayV2::Route',
      { ApiId: api, RouteKey: key, Target: { 'Fn::Join': ['/', ['integrations', { Ref: integration }]] }, ...guardOf(at, service) },
      at,
    ),
  };
}

/** YAML reads `2.0` without quotes as the number 2. */
const payloadOf = (setting: Setting): string | undefined => {
  const text = textOf(setting);
  const version = text === '1' || text === '2' ? `${text}.0` : text;
  if (version !== undefined && version !== '1.0' && version !== '2.0')
    setting.problem('DG1203', `payload is ${JSON.stringify(version)}`, "expected '1.0' or '2.0'");
  return version;
};
