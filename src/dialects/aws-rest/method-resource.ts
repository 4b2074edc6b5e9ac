import { madeTree, type Made, type Tree } from '../../sources/tree.ts';
import type { Setting } from '../../sources/setting.ts';
import { checkMappings } from './check-method.ts';
import type { Resource } from '../../sources/cloudformation/template.ts';

/** The scheme that methods with `ApiKeyRequired` name. */
export const apiKeyScheme = 'devgateway-api-key';

/** How members of an integration are called in a document. */
const ofIntegration: Readonly<Record<string, string>> = {
  Type: 'type',
  Uri: 'uri',
  IntegrationHttpMethod: 'httpMethod',
  Credentials: 'credentials',
  RequestParameters: 'requestParameters',
  RequestTemplates: 'requestTemplates',
  PassthroughBehavior: 'passthroughBehavior',
  ContentHandling: 'contentHandling',
  TimeoutInMillis: 'timeoutInMillis',
  CacheKeyParameters: 'cacheKeyParameters',
  CacheNamespace: 'cacheNamespace',
  ConnectionType: 'connectionType',
  ConnectionId: 'connectionId',
  TlsConfig: 'tlsConfig',
  ResponseTransferMode: 'responseTransferMode',
  IntegrationTarget: 'integrationTarget',
};

/** An `AWS::ApiGateway::Method` as the operation that a document would have in its place. `models`: their names by logical id. */
export function readMethodResource({ setting, properties }: Resource, models: ReadonlyMap<string, string>): Tree {
  properties.get('OperationName').ignored('is a name for people');
  checkMappings(properties);
  properties.get('MethodResponses').ignored('says what clients may expect; the responses of the integration decide what is answered');
  const known = new Set(models.values());
  const modelOf = (model: Setting): string => {
    const name = models.get(model.string() ?? '') ?? model.string() ?? '';
    if (!known.has(name) && name !== 'Empty' && name !== 'Error')
      model.problem(
        'DG1205',
        `there is no model ${JSON.stringify(name)}: Invalid model identifier specified`,
        'expected the name of an AWS::ApiGateway::Model of this API',
      );
    return name;
  };
  const type = properties.get('AuthorizationType').oneOf('NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS') ?? 'NONE';
  const security: Made[] = [];
  const authorizer = properties.get('AuthorizerId').string();
  const authorized = type === 'CUSTOM' || type === 'COGNITO_USER_POOLS';
  if (authorized && authorizer === undefined)
    properties.problem(
      'DG1204',
      `authorization of type ${type} needs AuthorizerId: Invalid authorizer ID specified`,
      'expected an AWS::ApiGateway::Authorizer',
    );
  if (authorized && authorizer !== undefined) security.push({ [authorizer]: properties.get('AuthorizationScopes').tree ?? [] });
  if (properties.get('ApiKeyRequired').boolean() === true) security.push({ [apiKeyScheme]: [] });
  const parameters = properties.get('RequestParameters').entries();
  checkNames(parameters);
  const requestModels = properties.get('RequestModels').entries();
  return madeTree(
    {
      security,
      ...(type === 'AWS_IAM' ? { 'x-amazon-apigateway-auth': { type } } : {}),
      parameters: parameters.flatMap(parameterOf),
      ...(requestModels.length === 0
        ? {}
        : {
            requestBody: {
              content: Object.fromEntries(
                requestModels.map(([media, model]) => [media, { schema: { $ref: `#/components/schemas/${modelOf(model)}` } }]),
              ),
            },
          }),
      'x-amazon-apigateway-request-validator': properties.get('RequestValidatorId').exists ? properties.get('RequestValidatorId').tree : undefined,
      'x-amazon-apigateway-integration': integrationOf(properties.get('Integration')),
    },
    setting.tree as Tree,
  );
}

/** One name cannot stand in two places. Source: recorded refusals of methods. */
function checkNames(parameters: readonly (readonly [string, Setting])[]): void {
  const names = new Set<string>();
  for (const [name, setting] of parameters) {
    const last = name.split('.').slice(3).join('.');
    if (names.has(last)) setting.problem('DG1203', `${last} is the name of two parameters`, 'expected each name in one place of the request only');
    names.add(last);
  }
}

/** `method.request.header.X: true`. */
function parameterOf([name, required]: [string, Setting]): Made[] {
  const [, place, rest] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(name) ?? [];
  if (place === undefined || rest === undefined) {
    required.problem('DG1203', `${name} is no parameter of a request`, 'expected method.request.header|querystring|path.NAME');
    return [];
  }
  return [{ name: rest, in: place === 'querystring' ? 'query' : place, required: required.tree }];
}

function integrationOf(integration: Setting): Made {
  if (!integration.exists) return { type: 'mock' };
  const made: Record<string, Made> = {};
  for (const [name, key] of Object.entries(ofIntegration)) made[key] = integration.get(name).tree;
  const responses = integration.get('IntegrationResponses').items();
  return { ...made, ...(responses.length === 0 ? {} : { responses: Object.fromEntries(responses.map(integrationResponse)) }) };
}

/** A response without a pattern is the default one. */
function integrationResponse(response: Setting): [string, Made] {
  const pattern = response.get('SelectionPattern').string() ?? '';
  return [
    pattern === '' ? 'default' : pattern,
    {
      statusCode: response.get('StatusCode').tree,
      responseParameters: response.get('ResponseParameters').tree,
      responseTemplates: response.get('ResponseTemplates').tree,
      contentHandling: response.get('ContentHandling').tree,
    },
  ];
}
