import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { pick, stageIdOf } from './http-api.ts';
import { unfoldDomain } from './http-domain.ts';
import { plainResource, type Plain, type SamResource } from './model.ts';

const ofApi = [
  'ApiKeySelectionExpression',
  'Description',
  'DisableExecuteApiEndpoint',
  'DisableSchemaValidation',
  'IpAddressType',
  'RouteSelectionExpression',
];
const ofStage = ['StageName', 'StageVariables', 'AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings'];
const ofRoute = [
  'ApiKeyRequired',
  'ModelSelectionExpression',
  'OperationName',
  'RequestModels',
  'RequestParameters',
  'RouteResponseSelectionExpression',
];

/** A WebSocket API and all that SAM makes of it. Source: the developer guide of SAM, AWS::Serverless::WebSocketApi. */
export function unfoldWebSocketApi(api: SamResource): Plain {
  const { id, properties } = api;
  properties.expects(['Name', 'Routes', 'Auth', 'Domain', 'Tags', 'PropagateTags', ...ofApi, ...ofStage]);
  properties.rejectUnknownKeys();
  for (const name of ['Tags', 'PropagateTags']) properties.get(name).ignored('names resources for people and bills');
  for (const name of ['AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings']) mapOrNothing(properties.get(name));
  for (const name of ['Routes', 'RouteSelectionExpression'])
    if (!properties.get(name).exists) api.setting.problem('DG1204', `${id} has no ${name}`, `expected ${name}`);
  const routes = mapOrNothing(properties.get('Routes'));
  if (properties.get('Routes').exists && routes.length === 0)
    properties.get('Routes').problem('DG1204', `${id} has no route`, 'expected at least one');
  const guard = guardOf(
    api,
    properties.get('Auth'),
    routes.some(([key]) => key === '$connect'),
  );
  const stage = stageIdOf(id, properties.get('StageName'), 'default');
  return {
    [id]: plainResource(
      'AWS::ApiGatewayV2::Api',
      { Name: properties.get('Name').tree ?? id, ...pick(properties, ofApi), ProtocolType: 'WEBSOCKET' },
      api,
    ),
    [stage]: plainResource('AWS::ApiGatewayV2::Stage', { ApiId: id, StageName: 'default', ...pick(properties, ofStage), AutoDeploy: true }, api),
    ...guard.resources,
    ...Object.assign({}, ...routes.map(([key, route]) => unfoldRoute(api, key, route, key === '$connect' ? guard.properties : {}))),
    ...unfoldDomain(api, stage),
  };
}

function mapOrNothing(setting: Setting): [string, Setting][] {
  if (setting.exists && setting.kind !== 'map') setting.problem('DG1202', `${setting.name} is no map`);
  return setting.kind === 'map' ? setting.entries() : [];
}

function unfoldRoute(api: SamResource, key: string, route: Setting, guard: Readonly<Record<string, Made>>): Plain {
  if (key !== '$connect' && route.get('RequestParameters').exists)
    route.get('RequestParameters').problem('DG1204', `${key} has request parameters`, 'only $connect can have them');
  const words = key.replaceAll(/[^0-9A-Za-z]/g, '');
  const name = `${api.id}${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  const integration = {
    ApiId: api.id,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: route.get('FunctionArn').tree,
    TimeoutInMillis: route.get('IntegrationTimeout').tree,
  };
  const made = { ApiId: api.id, RouteKey: key, Target: `integrations/${name}Integration`, ...pick(route, ofRoute), ...guard };
  return {
    [`${name}Integration`]: plainResource('AWS::ApiGatewayV2::Integration', integration, api),
    [`${name}Route`]: plainResource('AWS::ApiGatewayV2::Route', made, api),
  };
}

/** Who may connect. */
function guardOf(
  api: SamResource,
  auth: Setting,
  connects: boolean,
): { readonly resources: Plain; readonly properties: Readonly<Record<string, Made>> } {
  const none = { resources: {}, properties: {} };
  if (!auth.exists) return none;
  const [type, arn] = [auth.get('AuthType'), auth.get('AuthArn')];
  const more = auth.keys().filter((name) => name !== 'AuthType');
  const kind = type.string()?.toUpperCase();
  if (kind === undefined) {
    auth.problem('DG1204', 'Auth has no AuthType', 'expected AWS_IAM, CUSTOM or NONE');
    return none;
  }
  if (!['AWS_IAM', 'CUSTOM', 'NONE'].includes(kind)) type.problem('DG1203', `AuthType is ${kind}`, 'expected AWS_IAM, CUSTOM or NONE');
  if (!connects) auth.problem('DG1204', 'Auth guards $connect, and there is no such route', 'expected $connect in Routes');
  if (kind === 'CUSTOM' && !arn.exists) auth.problem('DG1204', 'AuthType is CUSTOM and there is no AuthArn', 'expected the ARN of a function');
  if (kind === 'NONE' && more.length > 0) auth.problem('DG1204', `AuthType is NONE beside ${more.join(', ')}`, 'take them out');
  if (kind !== 'CUSTOM') return { resources: {}, properties: { AuthorizationType: type.tree } };
  const id = `${api.id}ConnectAuthorizer`;
  const made = {
    ApiId: api.id,
    Name: auth.get('Name').tree ?? id,
    AuthorizerType: 'REQUEST',
    AuthorizerUri: arn.tree,
    AuthorizerCredentialsArn: auth.get('InvokeRole').tree,
    IdentitySource: auth.get('IdentitySource').tree,
  };
  return {
    resources: { [id]: plainResource('AWS::ApiGatewayV2::Authorizer', made, api) },
    properties: { AuthorizationType: type.tree, AuthorizerId: id },
  };
}
