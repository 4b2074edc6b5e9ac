import { settingsWithFunctions, type Template } from '../../sources/cloudformation/template.ts';
import { holdingsOf, type Holding } from '../../sources/cloudformation/holdings.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
import { bodyOf } from '../aws/body.ts';
import { openTemplate } from '../aws/template.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { documentOf } from './document.ts';
import { basePathMode, type BasePathMode } from './import.ts';
import { readDomains, type Domain } from './read-domains.ts';
import { bareStage, readStages, type Stage } from './read-stages.ts';
import { keysOf, type ResourcesOf } from './read-usage-plans.ts';
import type { ApiKey } from './usage-plan.ts';

/** A REST API as it is deployed to a stage, or to the canary of one: its document, and what stands around it. */
export interface Api {
  /** How ARNs call it: by its logical id, where a template makes it. */
  readonly id: string;
  readonly document: Setting;
  readonly basePath: BasePathMode;
  readonly stage: string;
  readonly canary: boolean;
  /** Of a hundred requests of the stage; null where it has no canary. */
  readonly canaryPercent: number | null;
  readonly variables: Readonly<Record<string, string>>;
  /** The keys that count for a method (`/pets/GET`), each with what its plan grants there. */
  readonly keysFor: (method: string) => readonly ApiKey[];
  readonly settings: Stage;
  /** Several APIs have addresses of their own. */
  readonly alone: boolean;
  /** Where lines of access logs go; empty: nowhere. */
  readonly logFile: string;
}

export interface Apis extends Pick<Required<Compiled>, 'upstreams'> {
  readonly apis: readonly Api[];
  readonly domains: readonly Domain[];
}

/** The APIs of an OpenAPI document (one) or of a template (each RestApi), and the domains that lead to them. */
export function apisOf(source: Source, input: CompileInput): Apis {
  const { ledger, options, files } = input;
  const held = holdingsOf(source);
  if (held !== undefined) {
    const template = openTemplate(source, input, 'aws-rest/template', own);
    const others = (input.beside ?? input.sources).some((one) => one !== source && makesApi(one));
    const apis = fromTemplate(template, options.stage, options.variables, held.has('http-api') || others);
    if (apis.length === 0 && !held.has('http-api') && !others)
      template.root.warning('DG1204', 'makes no REST API and no HTTP API', 'nothing is served of it; name the template that makes the API');
    return { apis, domains: readDomains(template, new Set(apis.map(({ id }) => id))), upstreams: template.upstreams };
  }
  const keys = (options.variables['apiKey'] ?? '').split(',').filter((value) => value !== '');
  const bare = {
    id: 'local',
    document: settingsWithFunctions(source, ledger, 'aws-rest/openapi', options.variables, files),
    basePath: basePathMode(options.variables, undefined),
    keysFor: () => keys.map((value) => ({ id: value, value, plan: null })),
    alone: true,
    logFile: '',
  };
  return { apis: deployed(bare, bareStage(options.stage ?? 'default', options.variables)), domains: [], upstreams: {} };
}

const makesApi = (one: Source): boolean => ['rest-api', 'http-api'].some((kind) => holdingsOf(one)?.has(kind as Holding) === true);

/** An API on a stage, and on its canary. */
function deployed(api: Pick<Api, 'id' | 'document' | 'basePath' | 'keysFor' | 'alone' | 'logFile'>, stage: Stage): Api[] {
  const { name, variables, canary } = stage;
  const main: Api = { ...api, stage: name, settings: stage, canary: false, canaryPercent: canary?.percent ?? null, variables };
  return canary === null ? [main] : [main, { ...main, canary: true, variables: canary.variables }];
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
    'DomainName',
    'DomainNameV2',
    'BasePathMapping',
    'BasePathMappingV2',
    'ApiKey',
    'UsagePlan',
    'UsagePlanKey',
  ].map((name) => `AWS::ApiGateway::${name}`),
);

function fromTemplate(template: Template, stageName: string | undefined, given: Readonly<Record<string, string>>, besideOthers: boolean): Api[] {
  const { resources } = template;
  const of: ResourcesOf = (...names) => resources.filter(({ type }) => names.some((name) => type === `AWS::ApiGateway::${name}`));
  for (const { type, setting } of resources)
    if (own.test(type) && !read.has(type)) setting.ignored(`resources of type ${type} are no part of the gateway`);
  /** Where the access log goes is told by hand: it is no variable of a stage. */
  const { accessLog: logFile = '', ...variables } = given;
  const apis = of('RestApi');
  for (const { properties } of of('Stage', 'Deployment'))
    if (!apis.some(({ id }) => id === properties.get('RestApiId').string())) properties.ignored('belongs to an API of another template');
  for (const { type, properties } of of('Resource', 'Method', 'Model', 'RequestValidator', 'Authorizer', 'GatewayResponse')) {
    const owner = properties.get('RestApiId');
    if (apis.some(({ id }) => id === owner.string())) continue;
    if (type === 'AWS::ApiGateway::Method')
      owner.warning(
        'DG1205',
        `no template here makes the API ${owner.string() ?? ''}`,
        'the method is not served; give the template that makes the API',
      );
    properties.ignored('belongs to an API of another template');
  }
  const alone = apis.length === 1 && !besideOthers;
  return apis.flatMap((api) => {
    const document = documentOf(api, bodyOf(api, template), of);
    const basePath = basePathMode(given, api.properties.get('Parameters'));
    return readStages(of, api.id, stageName, variables).flatMap((stage) =>
      deployed({ id: api.id, document, basePath, keysFor: keysOf(of, api.id, stage.name), alone, logFile }, stage),
    );
  });
}
