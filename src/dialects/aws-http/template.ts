import type { CompileInput } from '../dialect.ts';
import { bodyOf } from '../aws/body.ts';
import { hostOf } from '../aws/domains.ts';
import { openTemplate } from '../aws/template.ts';
import { settingsWithFunctions, type Resource, type Template } from '../../sources/cloudformation/template.ts';
import type { Step } from '../../model/gateway.ts';
import { Setting } from '../../sources/setting.ts';
import { madeTree, type Tree } from '../../sources/tree.ts';
import type { Source } from '../../sources/source.ts';
import { closed, readRouteKey, type Apis, type Domain, type HttpApi, type HttpRoute } from './api.ts';
import type { Stage, Throttle } from './base.ts';
import { readCors } from './cors.ts';
import { readDocument } from './document.ts';
import { readAuthorizer } from './read-authorizer.ts';
import { readIntegration } from './read-integration.ts';

/** The resources of a kind (`Route`), or those of one API. */
type Of = (name: string, api?: string) => readonly Resource[];

const kinds = ['Api', 'Stage', 'Route', 'Integration', 'Authorizer', 'ApiMapping', 'DomainName'] as const;

/** The HTTP APIs of a template, resource by resource. */
export function readTemplate(source: Source, input: CompileInput): Apis {
  const template = openTemplate(source, input, 'aws-http/template', /^AWS::ApiGatewayV2::/);
  const of = indexed(template.resources);
  const apis = of('Api').flatMap((api) => readApi(api, of, template, input.options.stage) ?? []);
  return { apis, domains: readDomains(of, template.resources, new Set(apis.map(({ id }) => id))), upstreams: template.upstreams };
}

/** The HTTP API of an OpenAPI document by itself, as `aws apigatewayv2 import-api` makes it. */
export function readApiDocument(source: Source, { ledger, options, files }: CompileInput): Apis {
  const document = settingsWithFunctions(source, ledger, 'aws-http/openapi', options.variables, files);
  const stage = { name: options.stage ?? '$default', variables: options.variables, throttle: null, routeThrottles: {} };
  return { apis: [{ id: 'api', setting: document, stages: [stage], ...readDocument(document, 'ignore') }], domains: [], upstreams: {} };
}

/** What belongs to no HTTP API (a WebSocket API and all that names it, VPC links) is left to others. */
function indexed(resources: readonly Resource[]): Of {
  const found = new Map<string, Resource[]>();
  const put = (key: string, one: Resource): unknown => (found.get(key) ?? found.set(key, []).get(key))?.push(one);
  const webSockets = new Set(
    resources
      .filter(({ type, properties }) => type === 'AWS::ApiGatewayV2::Api' && scalarOf(properties.get('ProtocolType')) === 'WEBSOCKET')
      .map(({ id }) => id),
  );
  for (const one of resources) {
    const name = /^AWS::ApiGatewayV2::(\w+)$/.exec(one.type)?.[1];
    if (name === undefined) continue;
    const api = scalarOf(one.properties.get('ApiId'));
    if (webSockets.has(one.id) || webSockets.has(api)) one.setting.leftToOthers('belongs to a WebSocket API');
    else if (!kinds.some((kind) => kind === name)) one.setting.ignored(`resources of type ${one.type} are no part of an HTTP API`);
    else {
      put(name, one);
      put(`${name} ${one.properties.get('ApiId').string() ?? ''}`, one);
    }
  }
  return (name, api) => found.get(api === undefined ? name : `${name} ${api}`) ?? [];
}

const scalarOf = ({ tree }: Setting): string => (tree?.kind === 'scalar' ? String(tree.value) : '');

const forDeployment = [
  'Name',
  'Description',
  'Version',
  'Tags',
  'DisableExecuteApiEndpoint',
  'FailOnWarnings',
  'IpAddressType',
  'CredentialsArn',
  'DisableSchemaValidation',
  'ApiKeySelectionExpression',
];

function readApi({ id, setting, properties }: Resource, of: Of, template: Template, stageName: string | undefined): HttpApi {
  properties.get('ProtocolType').oneOf('HTTP');
  for (const name of forDeployment) properties.get(name).ignored('concerns the deployment');
  properties.get('RouteSelectionExpression').ignored('HTTP APIs choose by method and path');
  const stages = of('Stage', id).map((one) => readStage(one.properties));
  const named = stageName ?? '$default';
  if (stages.length === 0) stages.push({ name: named, variables: {}, throttle: null, routeThrottles: {} });
  const body = bodyOf({ setting, properties }, template);
  const document = body === undefined ? undefined : Setting.made(body, properties.ledger, 'aws-http/openapi');
  const basePath = properties.get('BasePath').oneOf('ignore', 'prepend', 'split') ?? 'ignore';
  const imported = document === undefined ? { routes: [], cors: null } : readDocument(document, basePath);
  const routes = [...of('Route', id).flatMap((one) => readRoute(one.properties, id, of) ?? []), ...imported.routes, ...readQuickCreate(properties)];
  return { id, setting, stages, routes, cors: readCors(properties.get('CorsConfiguration')) ?? imported.cors };
}

/** Quick create: one route to a function or a URL. Source: the developer guide, CreateApi. */
function readQuickCreate(properties: Setting): HttpRoute[] {
  const [target, key] = [properties.get('Target'), properties.get('RouteKey')];
  if (!target.exists) return [];
  const route = readRouteKey(key, key.exists ? (key.string() ?? '') : '$default');
  if (route === undefined) return [];
  const isUrl = /^https?:/.test(target.string() ?? '');
  const integration = madeTree(
    { IntegrationType: isUrl ? 'HTTP_PROXY' : 'AWS_PROXY', IntegrationUri: target.tree, PayloadFormatVersion: isUrl ? '1.0' : '2.0' },
    target.tree as Tree,
  );
  const made = Setting.made(integration, properties.ledger, properties.by);
  return [{ ...route, setting: target, guards: [], integration: readIntegration(made, route.path === '$default') }];
}

function readStage(properties: Setting): Stage {
  for (const name of ['AutoDeploy', 'DeploymentId', 'Description', 'AccessLogSettings', 'Tags', 'ClientCertificateId'])
    properties.get(name).ignored('is for deployments and logs');
  const byRoute = properties
    .get('RouteSettings')
    .entries()
    .flatMap(([key, one]) => {
      const throttle = readThrottle(one);
      // SAM names a route for every method by its path alone.
      return throttle === null ? [] : [[key.startsWith('/') ? `ANY ${key}` : key, throttle] as const];
    });
  return {
    name: properties.get('StageName').string() ?? '$default',
    variables: Object.fromEntries(
      properties
        .get('StageVariables')
        .entries()
        .map(([key, value]) => [key, value.string() ?? '']),
    ),
    throttle: readThrottle(properties.get('DefaultRouteSettings')),
    routeThrottles: Object.fromEntries(byRoute),
  };
}

function readThrottle(setting: Setting): Throttle | null {
  const rate = setting.get('ThrottlingRateLimit').number({ min: 0 });
  const burst = setting.get('ThrottlingBurstLimit').number({ min: 0, integer: true });
  for (const name of ['DetailedMetricsEnabled', 'DataTraceEnabled', 'LoggingLevel']) setting.get(name).ignored('is for logs and metrics');
  return rate === undefined && burst === undefined ? null : { rate: rate ?? 10_000, burst: burst ?? 5_000 };
}

function readRoute(properties: Setting, api: string, of: Of): HttpRoute | undefined {
  properties.get('OperationName').ignored('describes the route for people');
  const key = readRouteKey(properties.get('RouteKey'), properties.get('RouteKey').string() ?? '');
  if (key === undefined) return undefined;
  const target = properties.get('Target');
  const named = (target.string() ?? '').replace(/^integrations\//, '');
  const integration = of('Integration', api).find((one) => one.id === named);
  return {
    ...key,
    setting: properties,
    guards: readGuards(properties, api, of),
    integration:
      integration === undefined
        ? closed(target.exists ? target : properties, `the target ${JSON.stringify(named)}`)
        : readIntegration(integration.properties, key.path === '$default'),
  };
}

function readGuards(properties: Setting, api: string, of: Of): Step[] {
  const origin = properties.origin;
  const type = properties.get('AuthorizationType').oneOf('NONE', 'JWT', 'CUSTOM', 'AWS_IAM');
  const scopes = properties.get('AuthorizationScopes').strings();
  const id = properties.get('AuthorizerId');
  const name = id.string();
  if (type === 'AWS_IAM') return [{ kind: 'aws-http/iam', options: null, origin }];
  if ((type === undefined && !properties.get('AuthorizationType').exists && name === undefined) || type === 'NONE') return [];
  const authorizer = of('Authorizer', api).find((one) => one.id === name);
  if (authorizer !== undefined) return [readAuthorizer(authorizer.id, authorizer.properties, scopes)];
  const what = `the authorizer ${JSON.stringify(name ?? '')}`;
  id.warning('DG1208', `${what} is not in this template`, 'the route answers 501');
  return [{ kind: 'aws-http/unsupported', options: { what }, origin }];
}

function readDomains(of: Of, resources: readonly Resource[], apis: ReadonlySet<string>): Domain[] {
  for (const { properties } of of('DomainName'))
    for (const name of properties.keys())
      if (name !== 'DomainName') properties.get(name).ignored('requests come without TLS, certificates and DNS of the domain');
  const domains = new Map<string, { key: string; api: string; stage: string }[]>();
  for (const { properties } of of('ApiMapping')) {
    const api = properties.get('ApiId').string() ?? '';
    const domain = hostOf(properties.get('DomainName'), resources);
    if (!apis.has(api) || domain === undefined) {
      properties.leftToOthers('leads to no HTTP API of this template, or nothing says which host the domain is');
      continue;
    }
    const named = properties.get('Stage').string() ?? '';
    const stage =
      of('Stage', api)
        .find((one) => one.id === named)
        ?.properties.get('StageName')
        .string() ?? named;
    domains.set(domain, [...(domains.get(domain) ?? []), { key: properties.get('ApiMappingKey').string() ?? '', api, stage }]);
  }
  return [...domains].map(([host, mappings]) => ({ host, mappings }));
}
