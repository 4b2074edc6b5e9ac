import { settingsWithFunctions, type Template } from '../../sources/cloudformation/template.ts';
import { holdingsOf } from '../../sources/cloudformation/holdings.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
import { bodyOf } from '../aws/body.ts';
import { openTemplate } from '../aws/template.ts';
import type { CompileInput } from '../dialect.ts';
import { documentOf } from './document.ts';
import { keysOf, readThrottle, type ResourcesOf } from './read-usage-plans.ts';
import type { ApiKey, Throttle } from './usage-plan.ts';

/** A REST API as it is deployed: its document, and what stands around it. */
export interface Api {
  readonly document: Setting;
  readonly stage: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The keys that count for a method (`/pets/GET`), each with what its plan grants there. */
  readonly keysFor: (method: string) => readonly ApiKey[];
  readonly throttleOf: (method: string) => Throttle | null;
}

/** The APIs of an OpenAPI document (one) or of a template (each RestApi). */
export function apisOf(source: Source, input: CompileInput): Api[] {
  const { ledger, options } = input;
  const held = holdingsOf(source);
  if (held !== undefined) {
    const template = openTemplate(source, input, 'aws-rest/template', own);
    const apis = fromTemplate(template, options.stage, options.variables);
    if (apis.length === 0 && !held.has('http-api'))
      template.root.warning('DG1204', 'makes no REST API and no HTTP API', 'nothing is served of it; name the template that makes the API');
    return apis;
  }
  const keys = (options.variables['apiKey'] ?? '').split(',').filter((value) => value !== '');
  return [
    {
      document: settingsWithFunctions(source, ledger, 'aws-rest/openapi', options.variables),
      stage: options.stage ?? 'default',
      variables: options.variables,
      keysFor: () => keys.map((value) => ({ id: value, value, plan: null })),
      throttleOf: () => null,
    },
  ];
}

const own = /^AWS::ApiGateway::/;
/** Types that say something about a REST API; the others of its family are settled as a whole. */
const read: ReadonlySet<string> = new Set(
  [
    'RestApi',
    'Resource',
    'Method',
    'Model',
    'RequestValidator',
    'Authorizer',
    'GatewayResponse',
    'Stage',
    'Deployment',
    'ApiKey',
    'UsagePlan',
    'UsagePlanKey',
  ].map((name) => `AWS::ApiGateway::${name}`),
);

function whyIgnored(type: string): string {
  if (/^AWS::ApiGateway::(?:DomainName|BasePathMapping)/.test(type))
    return 'requests are taken as on the host of the API, where the path begins with the stage';
  return `resources of type ${type} are no part of the gateway`;
}

function fromTemplate(template: Template, stageName: string | undefined, given: Readonly<Record<string, string>>): Api[] {
  const { resources } = template;
  const of: ResourcesOf = (...names) => resources.filter(({ type }) => names.some((name) => type === `AWS::ApiGateway::${name}`));
  for (const { type, setting } of resources) if (own.test(type) && !read.has(type)) setting.ignored(whyIgnored(type));
  return of('RestApi').map((api): Api => {
    for (const { setting, properties } of of('Deployment')) {
      properties.get('Description').ignored('describes the deployment for people');
      if (properties.get('StageName').exists) continue;
      properties.get('RestApiId').string();
      setting.ignored('makes no stage');
    }
    const stages = of('Stage', 'Deployment').filter(
      ({ properties }) => properties.get('StageName').exists && properties.get('RestApiId').string() === api.id,
    );
    const stage = stages.find(({ properties }) => stageName === undefined || properties.get('StageName').string() === stageName);
    for (const one of stages) if (one !== stage) one.properties.ignored('another stage is served, which --stage chooses');
    const settings = stage === undefined ? undefined : settingsOfStage(stage.properties);
    const name = stageName ?? stage?.properties.get('StageName').string() ?? 'default';
    const variables = Object.fromEntries((settings?.get('Variables').entries() ?? []).map(([key, value]) => [key, value.string() ?? '']));
    const throttles = (settings?.get('MethodSettings').items() ?? []).map(readMethodSetting);
    return {
      document: documentOf(api, bodyOf(api.properties, template), of),
      stage: name,
      variables: { ...variables, ...given },
      keysFor: keysOf(of, api.id, name),
      throttleOf: (method) =>
        throttles.find((one) => one.method === method)?.throttle ?? throttles.find((one) => one.method === '/*/*')?.throttle ?? null,
    };
  });
}

/** What a stage says about requests; a deployment that makes a stage describes it in StageDescription. */
function settingsOfStage(properties: Setting): Setting {
  properties.get('DeploymentId').ignored('the API is served as the template has it');
  const inner = properties.get('StageDescription');
  const settings = inner.kind === 'map' ? inner : properties;
  for (const name of settings.keys())
    if (!['StageName', 'RestApiId', 'Variables', 'MethodSettings', 'DeploymentId', 'StageDescription'].includes(name))
      settings.get(name).ignored(whyNot(name));
  return settings;
}

function whyNot(name: string): string {
  if (name.startsWith('Cach')) return 'answers are not cached here';
  if (name === 'CanarySetting') return 'no request goes to the canary';
  return 'is for logs, traces, certificates or people';
}

function readMethodSetting(setting: Setting): { readonly method: string; readonly throttle: Throttle | null } {
  const [path, method] = [setting.get('ResourcePath').string() ?? '/*', setting.get('HttpMethod').string() ?? '*'];
  for (const name of setting.keys())
    if (!['ResourcePath', 'HttpMethod', 'ThrottlingRateLimit', 'ThrottlingBurstLimit'].includes(name))
      setting.get(name).ignored('is for logs, metrics or caches');
  return {
    method: `${path.replaceAll('~1', '/')}/${method}`,
    throttle: readThrottle(setting.get('ThrottlingRateLimit'), setting.get('ThrottlingBurstLimit')),
  };
}
