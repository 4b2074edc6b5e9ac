import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { ids } from './naming.ts';
import { checkKeys, given, isOn, refersTo, resource, textOf, type Resources, type Service } from './service.ts';

/** The REST API of a service as its provider describes it. */
export interface RestProvider {
  readonly restApi: Made;
  readonly root: Made;
  readonly stage: string;
  /** The API, its stage and its deployment. */
  readonly resources: Resources;
}

const known = [
  'apiKeys',
  'apiKeySourceType',
  'binaryMediaTypes',
  'description',
  'disableDefaultEndpoint',
  'metrics',
  'minimumCompressionSize',
  'request',
  'resourcePolicy',
  'restApiId',
  'restApiResources',
  'restApiRootResourceId',
  'shouldStartNameWithService',
  'stage',
  'timeoutInMillis',
  'usagePlan',
  'websocketApiId',
];
const elsewhere = 'the API is made elsewhere: what this service adds to it is served as an API of its own';

/** Source: lib/rest-api.js, lib/deployment.js and lib/hack/update-stage.js beside the events of API Gateway. */
export function readRestProvider(service: Service): RestProvider {
  const { provider } = service;
  const settings = provider.get('apiGateway');
  checkKeys(settings, known, service);
  const external = settings.get('restApiId');
  const stage = textOf(settings.get('stage')) ?? service.stage;
  if (!/^[-\w]+$/.test(stage))
    whereStage(settings, provider).problem(
      'DG1203',
      `${JSON.stringify(stage)} is no name of a stage`,
      'expected letters, digits, - and _ only, for API Gateway',
    );
  if (external.exists) checkExternal(settings, provider);
  const local = external.exists && refersTo(external, service);
  const restApi: Made = local ? external.tree : { Ref: ids.restApi };
  const ownRoot = settings.get('restApiRootResourceId');
  const root: Made = local && ownRoot.exists ? ownRoot.tree : { 'Fn::GetAtt': [ids.restApi, 'RootResourceId'] };
  if (external.exists && !local) for (const one of [external, ownRoot]) one.approximately(elsewhere).settle();
  settings.get('restApiResources').approximately('the paths are made anew').settle();
  settings.get('websocketApiId').leftToOthers('belongs to a gateway of another kind');
  settings.get('metrics').ignored('nothing is measured here');
  settings.get('shouldStartNameWithService').ignored('is part of a name for people');
  for (const name of ['apiName', 'endpointType', 'vpcEndpointIds']) provider.get(name).ignored('says how AWS reaches and calls the API');
  return {
    restApi,
    root,
    stage,
    resources: {
      ...(local
        ? {}
        : { [ids.restApi]: resource('AWS::ApiGateway::RestApi', apiProperties(settings, service), settings.exists ? settings : provider) }),
      ...stageOf(service, restApi, stage),
    },
  };
}

const whereStage = (...places: readonly Setting[]): Setting =>
  places.map((one) => one.get('stage')).find((one) => one.exists) ?? (places.at(-1) as Setting);

function apiProperties(settings: Setting, { name, stage, provider }: Service): Made {
  const policy = [settings.get('resourcePolicy'), provider.get('resourcePolicy')].find((one) => one.exists);
  return {
    Name: `${stage}-${name}`,
    BinaryMediaTypes: given(settings.get('binaryMediaTypes')),
    Description: given(settings.get('description')),
    DisableExecuteApiEndpoint: given(settings.get('disableDefaultEndpoint')),
    MinimumCompressionSize: given(settings.get('minimumCompressionSize')),
    ApiKeySourceType: textOf(settings.get('apiKeySourceType'))?.toUpperCase(),
    Policy: policy === undefined ? undefined : { Version: '2012-10-17', Statement: policy.tree },
  };
}

/** What the framework refuses beside an API that is made elsewhere. */
function checkExternal(settings: Setting, provider: Setting): void {
  if (!settings.get('restApiRootResourceId').exists)
    settings.get('restApiId').problem('DG1204', 'restApiId needs restApiRootResourceId', 'expected the id of the root resource beside it');
  for (const one of [provider.get('tracing').get('apiGateway'), provider.get('logs').get('restApi')])
    if (one.exists) one.problem('DG1206', `${one.name} has no effect on an API that is made elsewhere`, 'expected it where the API is made');
}

/** The framework makes the stage with the deployment, and sets its logs and traces by hand. */
function stageOf({ provider }: Service, restApi: Made, stage: string): Resources {
  const logs = provider.get('logs').get('restApi');
  for (const name of ['executionLogging', 'fullExecutionData', 'level', 'role', 'roleManagedExternally'])
    logs.get(name).ignored('what production writes to its execution log does nothing here');
  const access = isOn(logs) && logs.get('accessLogging').boolean() !== false;
  const properties = {
    RestApiId: restApi,
    StageName: stage,
    DeploymentId: { Ref: ids.deployment },
    TracingEnabled: given(provider.get('tracing').get('apiGateway')),
    AccessLogSetting: access ? { DestinationArn: given(logs.get('logGroup')), Format: given(logs.get('format')) ?? usualFormat } : undefined,
  };
  return {
    [ids.deployment]: resource('AWS::ApiGateway::Deployment', { RestApiId: restApi }, provider),
    [ids.stage]: resource('AWS::ApiGateway::Stage', properties, provider),
  };
}

const usualFormat = [
  'requestId: $context.requestId',
  'ip: $context.identity.sourceIp',
  'caller: $context.identity.caller',
  'user: $context.identity.user',
  ...['requestTime', 'httpMethod', 'resourcePath', 'status', 'protocol', 'responseLength'].map((name) => `${name}: $context.${name}`),
].join(', ');
