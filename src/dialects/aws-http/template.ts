import type { CompileInput } from '../dialect.ts';
import { credentialsOf, noCredentials, type Credentials } from '../aws/iam/credentials.ts';
import { openTemplate } from '../aws/template.ts';
import type { Resource } from '../../sources/cloudformation/template.ts';
import type { Step } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
import { closed, readRouteKey, type Apis, type Domain, type HttpApi, type HttpRoute } from './api.ts';
import type { Stage, Throttle } from './base.ts';
import { readCors } from './cors.ts';
import { readAuthorizer } from './read-authorizer.ts';
import { readIntegration } from './read-integration.ts';

type Of = (name: string, api?: string) => Resource[];

/** The HTTP APIs of a template, resource by resource. */
export function readTemplate(source: Source, input: CompileInput): Apis {
  const { resources } = openTemplate(source, input, 'aws-http/template', /^AWS::ApiGatewayV2::/);
  const known = new Set(['Api', 'Stage', 'Route', 'Integration', 'Authorizer', 'ApiMapping', 'DomainName']);
  for (const { type, setting } of resources) {
    const name = /^AWS::ApiGatewayV2::(\w+)$/.exec(type)?.[1];
    if (name !== undefined && !known.has(name)) setting.ignored('is no part of the HTTP API');
  }
  const of: Of = (name, api) =>
    resources.filter(
      ({ setting, properties }) =>
        setting.get('Type').string() === `AWS::ApiGatewayV2::${name}` && (api === undefined || properties.get('ApiId').string() === api),
    );
  const apis = of('Api').flatMap((api) => readApi(api, of, input.options.stage, credentialsOf(input.options.env)) ?? []);
  return { apis, domains: readDomains(of) };
}

function readApi({ id, setting, properties }: Resource, of: Of, stageName: string | undefined, credentials: Credentials | null): HttpApi | undefined {
  properties.get('ProtocolType').oneOf('HTTP');
  for (const name of ['Body', 'BodyS3Location', 'Target', 'RouteKey'])
    if (properties.get(name).exists)
      return properties.get(name).problem('DG1208', `${name} of an HTTP API is not read yet`, 'give its routes as resources');
  for (const name of [
    'Name',
    'Description',
    'Version',
    'Tags',
    'DisableExecuteApiEndpoint',
    'FailOnWarnings',
    'IpAddressType',
    'CredentialsArn',
    'BasePath',
  ])
    properties.get(name).ignored('concerns the deployment');
  const stages = of('Stage', id).map((one) => readStage(one.properties));
  const named = stageName ?? '$default';
  if (stages.length === 0) stages.push({ name: named, variables: {}, throttle: null, routeThrottles: {} });
  const routes = of('Route', id).flatMap((one) => readRoute(one.properties, id, of, credentials) ?? []);
  return { id, setting, stages, routes, cors: readCors(properties.get('CorsConfiguration')) };
}

function readStage(properties: Setting): Stage {
  for (const name of ['AutoDeploy', 'DeploymentId', 'Description', 'AccessLogSettings', 'Tags', 'ClientCertificateId'])
    properties.get(name).ignored('is for deployments and logs');
  const byRoute = properties
    .get('RouteSettings')
    .entries()
    .flatMap(([key, one]) => {
      const throttle = readThrottle(one);
      return throttle === null ? [] : [[key, throttle] as const];
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

function readRoute(properties: Setting, api: string, of: Of, credentials: Credentials | null): HttpRoute | undefined {
  properties.get('OperationName').ignored('describes the route for people');
  const key = readRouteKey(properties.get('RouteKey'), properties.get('RouteKey').string() ?? '');
  if (key === undefined) return undefined;
  const target = properties.get('Target');
  const named = (target.string() ?? '').replace(/^integrations\//, '');
  const integration = of('Integration', api).find((one) => one.id === named);
  return {
    ...key,
    setting: properties,
    guards: readGuards(properties, api, of, credentials),
    integration:
      integration === undefined
        ? closed(target.exists ? target : properties, `the target ${JSON.stringify(named)}`)
        : readIntegration(integration.properties, key.path === '$default'),
  };
}

function readGuards(properties: Setting, api: string, of: Of, credentials: Credentials | null): Step[] {
  const origin = properties.origin;
  const type = properties.get('AuthorizationType').oneOf('NONE', 'JWT', 'CUSTOM', 'AWS_IAM');
  const scopes = properties.get('AuthorizationScopes').strings();
  const id = properties.get('AuthorizerId');
  const name = id.string();
  if (type === 'AWS_IAM' && credentials === null) properties.warning('DG1204', noCredentials, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  if (type === 'AWS_IAM') return [{ kind: 'aws-http/iam', options: { credentials }, origin }];
  if ((type === undefined && !properties.get('AuthorizationType').exists && name === undefined) || type === 'NONE') return [];
  const authorizer = of('Authorizer', api).find((one) => one.id === name);
  if (authorizer !== undefined) return [readAuthorizer(authorizer.id, authorizer.properties, scopes)];
  const what = `the authorizer ${JSON.stringify(name ?? '')}`;
  id.warning('DG1208', `${what} is not in this template`, 'the route answers 501');
  return [{ kind: 'aws-http/unsupported', options: { what }, origin }];
}

function readDomains(of: Of): Domain[] {
  for (const { properties } of of('DomainName'))
    for (const name of properties.keys()) properties.get(name).ignored('an ApiMapping says which domain serves what');
  const domains = new Map<string, { key: string; api: string; stage: string }[]>();
  for (const { properties } of of('ApiMapping')) {
    const api = properties.get('ApiId').string() ?? '';
    const named = properties.get('Stage').string() ?? '';
    const domain = properties.get('DomainName').string()?.toLowerCase() ?? '';
    const stage =
      of('Stage', api)
        .find((one) => one.id === named)
        ?.properties.get('StageName')
        .string() ?? named;
    domains.set(domain, [...(domains.get(domain) ?? []), { key: properties.get('ApiMappingKey').string() ?? '', api, stage }]);
  }
  return [...domains].map(([host, mappings]) => ({ host, mappings }));
}
