import { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { addAuthorizers } from './api-authorizers.ts';
import { addCors } from './api-cors.ts';
import { finish, isVersion3, pathItems, skeleton } from './api-document.ts';
import { unfoldDomain } from './api-domain.ts';
import { addEvent, mergeEvent, overrideByEvent } from './api-events.ts';
import { addCustomStatements, addPolicy } from './api-policy.ts';
import { requireApiKey, requireByDefault } from './api-security.ts';
import { unfoldUsagePlan } from './api-usage-plan.ts';
import { plainResource, type ApiEvent, type Plain, type Sam, type SamResource } from './model.ts';

/** Properties that the resources which SAM makes have by the same names. */
const ofRestApi = [
  'Name',
  'Description',
  'ApiKeySourceType',
  'BinaryMediaTypes',
  'MinimumCompressionSize',
  'FailOnWarnings',
  'Mode',
  'Policy',
  'SecurityPolicy',
  'EndpointAccessMode',
] as const;
const ofStage = [
  'StageName',
  'Variables',
  'MethodSettings',
  'CacheClusterEnabled',
  'CacheClusterSize',
  'AccessLogSetting',
  'CanarySetting',
  'TracingEnabled',
] as const;

const given = (properties: Setting, names: readonly string[]): Record<string, Made> =>
  Object.fromEntries(names.map((name) => [name, properties.get(name).exists ? properties.get(name).tree : undefined]));

/**
 * A REST API and all that SAM makes of it. `events`: those of functions and state machines that name it. Source: the translator's generator of
 * APIs and its editor of documents.
 */
export function unfoldApi(api: SamResource, events: readonly ApiEvent[], sam: Sam): Plain {
  const { id, properties } = api;
  for (const name of ['Tags', 'PropagateTags', 'AlwaysDeploy']) properties.get(name).ignored('concerns the deployment');
  const version = versionOf(properties.get('OpenApiVersion'));
  const stage = properties.get('StageName').string() ?? '';
  const uri = properties.get('DefinitionUri');
  const document = documentOf(api, events, version, stage);
  const restApi = {
    ...given(properties, ofRestApi),
    ...endpointOf(properties.get('EndpointConfiguration')),
    ...(document === undefined ? elsewhere(uri, sam) : { Body: document.tree() }),
  };
  const deployment = `${id}Deployment`;
  return {
    [id]: plainResource('AWS::ApiGateway::RestApi', restApi, api),
    [`${id}${/^[\p{L}\p{N}]*$/u.test(stage) ? stage : ''}Stage`]: plainResource(
      'AWS::ApiGateway::Stage',
      { RestApiId: id, DeploymentId: deployment, ...given(properties, ofStage) },
      api,
    ),
    // Without OpenApiVersion the deployment makes a stage of its own, by this name.
    [deployment]: plainResource('AWS::ApiGateway::Deployment', { RestApiId: id, ...(version === undefined ? { StageName: 'Stage' } : {}) }, api),
    ...unfoldDomain(api, properties.get('StageName').tree),
    ...unfoldUsagePlan(api),
  };
}

/** The document with all that SAM adds; undefined where it lies elsewhere: nothing is added then. */
function documentOf(api: SamResource, events: readonly ApiEvent[], version: string | undefined, stage: string): Draft | undefined {
  const { properties, at } = api;
  const body = properties.get('DefinitionBody');
  const merges = properties.get('MergeDefinitions').boolean() === true;
  if (!body.exists && properties.get('DefinitionUri').exists) {
    for (const event of events) overrideByEvent(undefined, event, api, stage);
    for (const name of ['Cors', 'Auth', 'GatewayResponses', 'Models', 'DisableExecuteApiEndpoint'])
      if (properties.get(name).exists)
        properties
          .get(name)
          .problem('DG1203', `${name} works only with a document in the template`, 'expected DefinitionBody in the place of DefinitionUri');
    return undefined;
  }
  const include = body.get('Fn::Transform');
  if (include.exists) {
    missing(body, include.get('Parameters').get('Location').string() ?? '');
    include.settle();
  }
  const document = new Draft(body.exists && !include.exists ? body.tree : madeTree(skeleton(version), at), at);
  for (const event of events) {
    if (!body.exists) addEvent(document, event, api, stage);
    else if (merges) mergeEvent(document, event, api, stage);
    else overrideByEvent(document, event, api, stage);
  }
  addCors(document, properties.get('Cors'));
  addAuth(document, properties.get('Auth'), stage);
  finish(document, version, body);
  addResponses(document, properties.get('GatewayResponses'));
  addMediaTypes(document, properties.get('BinaryMediaTypes'));
  addModels(document, properties.get('Models'));
  disableEndpoint(document, properties.get('DisableExecuteApiEndpoint'));
  finish(document, version, body);
  return document;
}

/** `3.0` without quotes is a number. */
function versionOf(version: Setting): string | undefined {
  const text = version.string();
  return text !== undefined && /^\d$/.test(text) ? `${text}.0` : text;
}

function addAuth(document: Draft, auth: Setting, stage: string): void {
  const authorizers = auth.get('Authorizers');
  addAuthorizers(document, authorizers);
  const usual = auth.get('DefaultAuthorizer').string();
  const preflight = auth.get('AddDefaultAuthorizerToCorsPreflight').boolean() ?? true;
  if (usual !== undefined && usual !== '' && (usual === 'AWS_IAM' || authorizers.exists)) requireByDefault(document, usual, authorizers, preflight);
  auth.get('InvokeRole').settle();
  const keyInPreflight = auth.get('AddApiKeyRequiredToCorsPreflight').boolean() ?? true;
  if (auth.get('ApiKeyRequired').boolean() === true) requireApiKey(document, keyInPreflight);
  const policy = auth.get('ResourcePolicy');
  if (!policy.exists) return;
  for (const [path, item] of pathItems(document)) addPolicy(document, policy, path, item, stage);
  addCustomStatements(document, policy);
}

function addResponses(document: Draft, responses: Setting): void {
  for (const [type, response] of responses.entries()) {
    const parameters = [
      ['Headers', 'header'],
      ['Paths', 'path'],
      ['QueryStrings', 'querystring'],
    ].flatMap(([member = '', place = '']) =>
      response
        .get('ResponseParameters')
        .get(member)
        .entries()
        .map(([name, value]) => [`gatewayresponse.${place}.${name}`, value.tree] as const),
    );
    const made = {
      responseParameters: Object.fromEntries(parameters),
      responseTemplates: response.get('ResponseTemplates').tree ?? {},
      statusCode: response.get('StatusCode').exists ? response.get('StatusCode').tree : undefined,
    };
    document.below('x-amazon-apigateway-gateway-responses').set(type, made, response.tree);
  }
}

/** `image~1png` is how a template spells image/png. */
function addMediaTypes(document: Draft, types: Setting): void {
  const list = types.strings().map((type) => type.replaceAll('~1', '/'));
  if (list.length > 0) document.set('x-amazon-apigateway-binary-media-types', list, types.tree);
}

function addModels(document: Draft, models: Setting): void {
  for (const [name, model] of models.entries()) document.below('definitions').set(name.toLowerCase(), model.tree);
}

function disableEndpoint(document: Draft, disable: Setting): void {
  if (!disable.exists) return;
  const [key, value] = ['x-amazon-apigateway-endpoint-configuration', { disableExecuteApiEndpoint: disable.tree }];
  if (!isVersion3(document)) return document.below(key).set('disableExecuteApiEndpoint', disable.tree);
  const servers = document.get('servers');
  const list: readonly (Tree | undefined)[] = servers?.kind === 'list' ? servers.items : [undefined];
  document.set(
    'servers',
    list.map((server) => {
      const draft = new Draft(server, disable.tree as Tree);
      draft.set(key, value, disable.tree);
      return draft.tree();
    }),
  );
}

function endpointOf(endpoint: Setting): Record<string, Made> {
  if (!endpoint.exists) return {};
  if (endpoint.kind !== 'map') return { EndpointConfiguration: { Types: [endpoint.tree] } };
  return {
    EndpointConfiguration: {
      Types: endpoint.get('Type').exists ? [endpoint.get('Type').tree] : undefined,
      VpcEndpointIds: endpoint.get('VPCEndpointIds').tree,
      IpAddressType: endpoint.get('IpAddressType').tree,
    },
  };
}

/** The place of a document: a path beside the template as it stands; of a place in a bucket, what it is called there. */
function elsewhere(uri: Setting, sam: Sam): Record<string, Made> {
  const text = uri.kind === 'scalar' ? (uri.string() ?? '') : '';
  const [, bucket, key] = /^s3:\/\/([^/]+)\/([^?]+)/.exec(text) ?? [];
  const name = key ?? (text || (uri.get('Key').string() ?? ''));
  if (sam.open(name) !== undefined) return { BodyS3Location: bucket === undefined ? uri.tree : { Bucket: bucket, Key: key } };
  uri.settle();
  missing(uri, name);
  return { Body: skeleton() };
}

/** An API whose document is not here is there, and serves nothing: what guards its methods is not known. */
const missing = (at: Setting, name: string): void =>
  at.warning('DG1208', `the document ${name} is not beside the template`, 'put it there; until then the API answers every request with 403');
