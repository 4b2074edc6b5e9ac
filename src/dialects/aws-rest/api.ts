import type { CompileInput } from '../dialect.ts';
import type { Resource } from '../../sources/cloudformation.ts';
import { holdsResource, resourcesOf, settingsWithFunctions } from '../../sources/cloudformation.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
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

export const isTemplate = (source: Source): boolean => holdsResource(source.text, 'AWS::ApiGateway::RestApi');

/** The APIs of an OpenAPI document (one) or of a template (each RestApi that has a body). */
export function apisOf(source: Source, { ledger, options }: CompileInput): Api[] {
  if (isTemplate(source)) return fromTemplate(resourcesOf(source, ledger, 'aws-rest/template', options.variables), options.stage, options.variables);
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

function fromTemplate(resources: readonly Resource[], stageName: string | undefined, given: Readonly<Record<string, string>>): Api[] {
  const of: ResourcesOf = (...names) => resources.filter(({ type }) => names.some((name) => type === `AWS::ApiGateway::${name}`));
  const known = new Set(['RestApi', 'Stage', 'Deployment', 'ApiKey', 'UsagePlan', 'UsagePlanKey', 'Account']);
  for (const { type, setting, properties } of resources) {
    const name = /^AWS::ApiGateway::(\w+)$/.exec(type)?.[1];
    if (name === undefined ? type.startsWith('AWS::Serverless::') : !known.has(name))
      setting.problem('DG1208', `resources of type ${type} are not read yet`, 'give the API as an OpenAPI document in the Body of its RestApi');
    else if (name === undefined || name === 'Account') properties.ignored('is no part of the gateway');
  }
  return of('RestApi').flatMap((api): Api[] => {
    const document = api.properties.get('Body').as('aws-rest/openapi');
    if (!document.exists) {
      api.setting.problem('DG1208', 'a RestApi without Body is not read yet', 'give the API as an OpenAPI document in Body');
      return [];
    }
    for (const name of api.properties.keys()) if (name !== 'Body') api.properties.get(name).ignored('concerns the deployment');
    for (const { properties } of of('Deployment')) if (!properties.get('StageName').exists) properties.ignored('makes no stage');
    const stages = of('Stage', 'Deployment').filter(
      ({ properties }) => properties.get('StageName').exists && properties.get('RestApiId').string() === api.id,
    );
    const stage = stages.find(({ properties }) => stageName === undefined || properties.get('StageName').string() === stageName);
    const name = stageName ?? stage?.properties.get('StageName').string() ?? 'default';
    const variables = Object.fromEntries((stage?.properties.get('Variables').entries() ?? []).map(([key, value]) => [key, value.string() ?? '']));
    const throttles = (stage?.properties.get('MethodSettings').items() ?? []).map(readMethodSetting);
    return [
      {
        document,
        stage: name,
        variables: { ...variables, ...given },
        keysFor: keysOf(of, api.id, name),
        throttleOf: (method) =>
          throttles.find((one) => one.method === method)?.throttle ?? throttles.find((one) => one.method === '/*/*')?.throttle ?? null,
      },
    ];
  });
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
