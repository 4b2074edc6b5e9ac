import type { Setting } from '../../sources/setting.ts';
import type { CacheSettings } from './cache.ts';
import { readThrottle, type ResourcesOf } from './read-usage-plans.ts';
import type { Throttle } from './usage-plan.ts';

export interface Canary {
  /** Of a hundred requests. */
  readonly percent: number;
  /** The stage's variables with the canary's own over them. */
  readonly variables: Readonly<Record<string, string>>;
}
/** A stage of a REST API. */
export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly canary: Canary | null;
  /** What holds for a method: `/pets/{id}`, `GET`. */
  readonly throttleOf: (resource: string, method: string) => Throttle | null;
  readonly cacheOf: (resource: string, method: string) => CacheSettings | null;
  /** Of its access log; empty where it keeps none. */
  readonly logFormat: string;
}

/** A stage of which nothing is known but its name. */
export const bareStage = (name: string, variables: Stage['variables']): Stage => ({
  name,
  variables,
  canary: null,
  throttleOf: () => null,
  cacheOf: () => null,
  logFormat: '',
});

const forPeople = ['Description', 'Tags', 'DocumentationVersion'];
const forOperators = ['TracingEnabled', 'ClientCertificateId', 'CacheClusterSize'];

/**
 * The stages of an API: resources of their own, and those that deployments make. All are served, or the one that is asked for (`wanted`). `given`:
 * variables above those of every stage.
 */
export function readStages(of: ResourcesOf, api: string, wanted: string | undefined, given: Stage['variables']): Stage[] {
  const mine = (type: string): Setting[] =>
    of(type)
      .map(({ properties }) => properties)
      .filter((properties) => properties.get('RestApiId').string() === api);
  const deployments = mine('Deployment');
  for (const deployment of deployments) deployment.get('Description').ignored('describes the deployment for people');
  const stages = new Map<string, Stage>();
  for (const properties of [...mine('Stage'), ...deployments]) {
    const name = properties.get('StageName').string();
    properties.get('DeploymentId').ignored('the API is served as the template has it');
    if (name === undefined) {
      for (const key of ['StageDescription', 'DeploymentCanarySettings']) properties.get(key).ignored('the deployment makes no stage');
      continue;
    }
    if (wanted !== undefined && name !== wanted) {
      properties.ignored('another stage is served, which --stage chooses');
      continue;
    }
    const over = deployments.find((one) => one.get('StageName').string() === name && one.get('DeploymentCanarySettings').exists);
    const description = properties.get('StageDescription');
    if (!stages.has(name)) stages.set(name, readStage(name, description.kind === 'map' ? description : properties, over, given));
    else description.ignored(`the stage ${name} is made by a resource of its own`);
  }
  const found = [...stages.values()];
  return found.length === 0 ? [bareStage(wanted ?? 'default', given)] : found;
}

function readStage(name: string, settings: Setting, deployment: Setting | undefined, given: Stage['variables']): Stage {
  for (const key of forPeople) settings.get(key).ignored('describes the stage for people');
  for (const key of forOperators) settings.get(key).ignored('is for traces and certificates, and how large a cache is');
  const own = variablesOf(settings.get('Variables'));
  const canary = settings.get('CanarySetting').exists ? settings.get('CanarySetting') : deployment?.get('DeploymentCanarySettings');
  const methods = settings.get('MethodSettings').items().map(readMethodSetting);
  // A deployment that makes a stage says what holds for all methods beside their list.
  if (settings.get('StageName').exists === false) methods.push({ ...readSettings(settings), resource: '/*', method: '*' });
  const cached = settings.get('CacheClusterEnabled').boolean() === true;
  return {
    name,
    variables: { ...own, ...given },
    canary: canary === undefined ? null : readCanary(canary, own, given),
    throttleOf: (resource, method) => settingsOf(methods, resource, method).find(({ throttle }) => throttle !== null)?.throttle ?? null,
    cacheOf: (resource, method) => (cached ? cacheOf(settingsOf(methods, resource, method), method) : null),
    logFormat: readLogFormat(settings.get('AccessLogSetting')),
  };
}

function readCanary(setting: Setting, own: Stage['variables'], given: Stage['variables']): Canary {
  setting.get('DeploymentId').ignored('the canary is served as the template has the API: what differs are its variables');
  setting.get('UseStageCache').ignored('the canary has a cache of its own here');
  return {
    percent: setting.get('PercentTraffic').number({ min: 0, max: 100 }) ?? 0,
    variables: { ...own, ...variablesOf(setting.get('StageVariableOverrides')), ...given },
  };
}

const variablesOf = (setting: Setting): Record<string, string> =>
  Object.fromEntries(setting.entries().map(([key, value]) => [key, value.string() ?? '']));

/** What is not said is undefined. */
interface Settings {
  readonly throttle: Throttle | null;
  readonly caching: boolean | undefined;
  readonly ttl: number | undefined;
  readonly authorized: boolean | undefined;
  readonly otherwise: CacheSettings['otherwise'] | undefined;
}
interface MethodSettings extends Settings {
  readonly resource: string;
  readonly method: string;
}

function readMethodSetting(setting: Setting): MethodSettings {
  const resource = setting.get('ResourcePath').string()?.replaceAll('~1', '/') ?? '/*';
  const method = setting.get('HttpMethod').string()?.toUpperCase() ?? '*';
  return { ...readSettings(setting), resource: resource.startsWith('/') ? resource : `/${resource}`, method };
}

function readSettings(setting: Setting): Settings {
  for (const key of ['LoggingLevel', 'MetricsEnabled', 'DataTraceEnabled']) setting.get(key).ignored('is for logs and metrics');
  setting.get('CacheDataEncrypted').ignored('the cache is in the memory of this process');
  return {
    throttle: readThrottle(setting.get('ThrottlingRateLimit'), setting.get('ThrottlingBurstLimit')),
    caching: setting.get('CachingEnabled').boolean(),
    ttl: setting.get('CacheTtlInSeconds').number({ min: 0, max: 3600, integer: true }),
    authorized: setting.get('RequireAuthorizationForCacheControl').boolean(),
    otherwise: setting
      .get('UnauthorizedCacheControlHeaderStrategy')
      .oneOf('FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'),
  };
}

/** What holds for a method, the nearest first: its own, that of its resource, of its kind, of all. */
function settingsOf(all: readonly MethodSettings[], resource: string, method: string): MethodSettings[] {
  const order = [`${resource}/${method}`, `${resource}/*`, `/*/${method}`, '/*/*'];
  return order.flatMap((key) => all.filter((one) => `${one.resource}/${one.method}` === key));
}

/** Where a stage says it of all methods, only GET is cached. Source: the developer guide, override stage-level caching. */
function cacheOf(settings: readonly MethodSettings[], method: string): CacheSettings | null {
  const decides = settings.find(({ caching }) => caching !== undefined);
  if (decides?.caching !== true || (decides.method === '*' && method !== 'GET' && method !== 'ANY')) return null;
  const nearest = <K extends keyof Settings>(key: K): Settings[K] | undefined => settings.find((one) => one[key] !== undefined)?.[key];
  const ttl = nearest('ttl') ?? 300;
  if (ttl === 0) return null;
  return { ttlMs: ttl * 1000, authorized: nearest('authorized') ?? true, otherwise: nearest('otherwise') ?? 'SUCCEED_WITH_RESPONSE_HEADER' };
}

function readLogFormat(setting: Setting): string {
  setting.get('DestinationArn').ignored('lines go to the file that --var accessLog=FILE names');
  const format = setting.get('Format').string() ?? '';
  if (setting.get('Format').exists && !/\$context\.(?:requestId|extendedRequestId)\b/.test(format))
    setting
      .get('Format')
      .problem('DG1203', 'the format of the access log has no request id', 'expected $context.requestId or $context.extendedRequestId in it');
  return format;
}
