import { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { addAuthorizers } from './api-authorizers.ts';
import { addCors } from './api-cors.ts';
import { finish, isVersion3, pathItems, skeleton } from './api-document.ts';
import { unfoldDomain } from './api-domain.ts';
import { addEvent, mergeEvent, overrideByEvent, type Building } from './api-events.ts';
import { Policy } from './api-policy.ts';
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
export function unfoldApi(api: SamResource, events: readonly ApiEvent[], _sam: Sam): Plain {
  const { id, properties } = api;
  for (const name of ['Tags', 'PropagateTags', 'AlwaysDeploy']) properties.get(name).ignored('concerns the deployment');
  const version = versionOf(properties.get('OpenApiVersion'));
  const stage = properties.get('StageName').string() ?? '';
  const uri = properties.get('DefinitionUri');
  const document = documentOf(api, events, version, stage);
  const restApi = {
    ...given(properties, ofRestApi),
    ...endpointOf(properties.get('EndpointConfiguration')),
    ...(document === undefined ? { BodyS3Location: locationOf(uri) } : { Body: document.tree() }),
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
    for (const event of events) overrideByEvent(undefined, event);
    for (const name of ['Cors', 'Auth', 'GatewayResponses', 'Models', 'DisableExecuteApiEndpoint'])
      if (properties.get(name).exists)
        properties
          .get(name)
          .problem('DG1203', `${name} works only with a document in the template`, 'expected DefinitionBody in the place of DefinitionUri');
    return undefined;
  }
  // A document that an include names and that is not here stays as it stands: whoever reads it closes the API.
  const document = new Draft(body.exists ? body.tree : madeTree(skeleton(version), at), at);
  const building: Building = { api, document, policy: new Policy(document), stage };
  const lay = !body.exists ? addEvent : merges ? mergeEvent : overrideByEvent;
  for (const event of events) lay(building, event);
  addCors(document, properties.get('Cors'));
  addAuth(building, properties.get('Auth'));
  building.policy.write();
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

function addAuth({ document, policy: statements, stage }: Building, auth: Setting): void {
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
  for (const [path, item] of pathItems(document)) statements.add(policy, path, item, stage);
  statements.addCustom(policy);
}

function addResponses(document: Draft, responses: Setting): void {
  for (const [type, response] of responses.entries()) {
    response.entries();
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
  for (const key of endpoint.keys())
    if (!['Type', 'VPCEndpointIds', 'IpAddressType'].includes(key)) endpoint.get(key).ignored('SAM knows Type, VPCEndpointIds and IpAddressType');
  return {
    EndpointConfiguration: {
      Types: endpoint.get('Type').exists ? [endpoint.get('Type').tree] : undefined,
      VpcEndpointIds: endpoint.get('VPCEndpointIds').tree,
      IpAddressType: endpoint.get('IpAddressType').tree,
    },
  };
}

/** A path beside the template, as it stands; of a place in a bucket, what it is called there. */
function locationOf(uri: Setting): Made {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/([^?]+)/.exec(uri.kind === 'scalar' ? (uri.string() ?? '') : '') ?? [];
  return bucket === undefined ? uri.tree : { Bucket: bucket, Key: key };
}
