import { madeTree, type Made, type Member, type Tree } from '../../sources/tree.ts';
import { Setting } from '../../sources/setting.ts';
import { withPseudoParameters } from '../../sources/cloudformation/scope.ts';
import type { Resource } from '../../sources/cloudformation/template.ts';
import { apiKeyScheme, readMethodResource } from './method-resource.ts';
import type { ResourcesOf } from './read-usage-plans.ts';

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'ANY'] as const;
/** How members of a resource are called in a document. */
const ofRestApi = {
  ApiKeySourceType: 'x-amazon-apigateway-api-key-source',
  BinaryMediaTypes: 'x-amazon-apigateway-binary-media-types',
  MinimumCompressionSize: 'x-amazon-apigateway-minimum-compression-size',
  Policy: 'x-amazon-apigateway-policy',
} as const;
const forDeployment = [
  'Name',
  'Description',
  'Tags',
  'EndpointConfiguration',
  'FailOnWarnings',
  'Mode',
  'CloneFrom',
  'DisableExecuteApiEndpoint',
  'SecurityPolicy',
  'EndpointAccessMode',
];

/**
 * The OpenAPI document of a REST API that a template makes: its Body, and what resources of their own say (they are laid over it).
 * Everything in it stands at the user's own line.
 */
export function documentOf(api: Resource, body: Tree | undefined, of: ResourcesOf): Setting {
  const { properties } = api;
  for (const name of forDeployment) properties.get(name).ignored('concerns the deployment');
  const mine = ({ properties: its }: Resource): boolean => its.get('RestApiId').string() === api.id;
  const at = api.setting.tree as Tree;
  const over: Record<string, Made> = {};
  for (const [name, key] of Object.entries(ofRestApi)) if (properties.get(name).exists) over[key] = properties.get(name).tree;
  const schemes = Object.fromEntries([
    // An authorizer of another stack guards its methods all the same.
    ...of('Method')
      .filter(mine)
      .flatMap(({ properties: its }) => its.get('AuthorizerId').string() ?? [])
      .map((id) => [id, elsewhere] as const),
    ...of('Authorizer')
      .filter(mine)
      .map((one) => [one.id, schemeOf(one)] as const),
  ]);
  const models = of('Model').filter(mine);
  const document: Made = {
    ...over,
    ...(body === undefined ? { openapi: '3.0.1' } : {}),
    paths: pathsOf(api, of, mine, new Map(models.map(({ id, properties: its }) => [id, its.get('Name').string() ?? id]))),
    'x-amazon-apigateway-request-validators': Object.fromEntries(
      of('RequestValidator')
        .filter(mine)
        .map((one) => [one.id, validatorOf(one)]),
    ),
    'x-amazon-apigateway-gateway-responses': Object.fromEntries(of('GatewayResponse').filter(mine).map(responseOf)),
    components: { securitySchemes: { ...schemes, ...keyScheme }, schemas: Object.fromEntries(models.map(modelOf)) },
  };
  const made = madeTree(document, at);
  const tree = body === undefined ? made : laidOver(made, withPseudoParameters(body));
  return Setting.made(tree, properties.ledger, 'aws-rest/openapi');
}

const elsewhere = { 'x-amazon-apigateway-authorizer': { type: 'of another template' } };
const keyScheme = { [apiKeyScheme]: { type: 'apiKey', name: 'x-api-key', in: 'header' } };

function pathsOf(api: Resource, of: ResourcesOf, mine: (one: Resource) => boolean, models: ReadonlyMap<string, string>): Record<string, Made> {
  const parts = new Map(
    of('Resource')
      .filter(mine)
      .map((one) => [one.id, one]),
  );
  const pathOf = (id: string | undefined, depth = 0): string | undefined => {
    if (id === `${api.id}.RootResourceId`) return '';
    const part = parts.get(id ?? '');
    if (part === undefined || depth > 100) return undefined;
    const above = pathOf(part.properties.get('ParentId').string(), depth + 1);
    return above === undefined ? undefined : `${above}/${part.properties.get('PathPart').string() ?? ''}`;
  };
  const paths: Record<string, Record<string, Made>> = {};
  for (const method of of('Method').filter(mine)) {
    const path = pathOf(method.properties.get('ResourceId').string());
    if (path === undefined) {
      method.properties
        .get('ResourceId')
        .warning('DG1205', `${method.id} is a method of no resource of ${api.id}`, 'it is not served: no AWS::ApiGateway::Resource here is its own');
      method.properties.leftToOthers('belongs to a resource that is not here');
      continue;
    }
    const name =
      method.properties
        .get('HttpMethod')
        .oneOf(...methods)
        ?.toLowerCase() ?? 'any';
    (paths[path === '' ? '/' : path] ??= {})[name === 'any' ? 'x-amazon-apigateway-any-method' : name] = readMethodResource(method, models);
  }
  // A resource without a method is none that a request could reach; what it says was read all the same.
  for (const one of parts.values()) pathOf(one.id);
  return paths;
}

function schemeOf({ setting, properties }: Resource): Tree {
  properties.get('Name').ignored('is a name for people');
  const [type, source] = [properties.get('Type').string()?.toLowerCase() ?? '', properties.get('IdentitySource')];
  const header = /^method\.request\.header\.(.+)$/.exec(source.string() ?? '')?.[1] ?? 'Unused';
  return madeTree(
    {
      type: 'apiKey',
      in: 'header',
      name: header,
      'x-amazon-apigateway-authtype': properties.get('AuthType').tree ?? (type === 'cognito_user_pools' ? type : 'custom'),
      'x-amazon-apigateway-authorizer': {
        type,
        authorizerUri: properties.get('AuthorizerUri').tree,
        authorizerCredentials: properties.get('AuthorizerCredentials').tree,
        authorizerResultTtlInSeconds: properties.get('AuthorizerResultTtlInSeconds').tree,
        identitySource: source.tree,
        identityValidationExpression: properties.get('IdentityValidationExpression').tree,
        providerARNs: properties.get('ProviderARNs').tree,
      },
    },
    setting.tree as Tree,
  );
}

const validatorOf = ({ setting, properties }: Resource): Tree => {
  properties.get('Name').ignored('is a name for people');
  return madeTree(
    {
      validateRequestBody: properties.get('ValidateRequestBody').tree ?? false,
      validateRequestParameters: properties.get('ValidateRequestParameters').tree ?? false,
    },
    setting.tree as Tree,
  );
};

function responseOf({ setting, properties }: Resource): [string, Tree] {
  const made = {
    statusCode: properties.get('StatusCode').tree,
    responseParameters: properties.get('ResponseParameters').tree,
    responseTemplates: properties.get('ResponseTemplates').tree,
  };
  return [properties.get('ResponseType').string() ?? '', madeTree(made, setting.tree as Tree)];
}

function modelOf({ id, setting, properties }: Resource): [string, Tree] {
  properties.get('Description').ignored('describes the model for people');
  properties.get('ContentType').ignored('methods say themselves for which type they take a model');
  return [properties.get('Name').string() ?? id, properties.get('Schema').tree ?? madeTree({}, setting.tree as Tree)];
}

/** What `over` says stands above what `under` says, member by member. */
function laidOver(over: Tree, under: Tree): Tree {
  if (over.kind !== 'map' || under.kind !== 'map') return over;
  const entries = new Map<string, Member>(under.entries);
  for (const [key, member] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? member : { ...below, value: laidOver(member.value, below.value) });
  }
  return { ...under, entries };
}
