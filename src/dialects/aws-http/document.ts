import { operationsOf, type Operation } from '../../sources/openapi.ts';
import { Setting } from '../../sources/setting.ts';
import { madeTree, type Made, type Tree } from '../../sources/tree.ts';
import { closed, readRouteKey, type HttpRoute, type Integration } from './api.ts';
import { readCors, type Cors } from './cors.ts';
import { readIntegration } from './read-integration.ts';
import { readSecurity } from './read-security.ts';

/** What the base path of a document's server does to its paths. */
export type BasePath = 'ignore' | 'prepend' | 'split';

const anyMethod = 'x-amazon-apigateway-any-method';
/** How members of an integration in a document are called in an `AWS::ApiGatewayV2::Integration`. */
const ofIntegration: Readonly<Record<string, string>> = {
  type: 'IntegrationType',
  integrationSubtype: 'IntegrationSubtype',
  uri: 'IntegrationUri',
  httpMethod: 'IntegrationMethod',
  connectionId: 'ConnectionId',
  connectionType: 'ConnectionType',
  payloadFormatVersion: 'PayloadFormatVersion',
  timeoutInMillis: 'TimeoutInMillis',
  requestParameters: 'RequestParameters',
  responseParameters: 'ResponseParameters',
  credentials: 'CredentialsArn',
  tlsConfig: 'TlsConfig',
};

/** The routes of an OpenAPI 3 document with the extensions of API Gateway. Source: the developer guide, OpenAPI definitions of HTTP APIs. */
export function readDocument(document: Setting, basePath: BasePath): { readonly routes: readonly HttpRoute[]; readonly cors: Cors | null } {
  const base = readServers(document.get('servers'), basePath);
  const schemes = document.get('components').get('securitySchemes');
  const routes = operationsOf(document, anyMethod).flatMap((operation) => {
    const { path, method, setting } = operation;
    const isDefault = setting.get('isDefaultRoute').boolean() === true || /^\/?\$default$/.test(path);
    const key = readRouteKey(setting, isDefault ? '$default' : `${method} ${base}${path}`);
    const integration = readOperation(operation, document, isDefault);
    if (key === undefined || integration === undefined) return [];
    const auth = setting.get('x-amazon-apigateway-auth').get('type').string();
    const security = setting.get('security').exists ? setting.get('security') : document.get('security');
    const guards = auth === 'AWS_IAM' ? [{ kind: 'aws-http/iam', options: null, origin: setting.origin }] : readSecurity(security, schemes);
    return [{ ...key, setting, guards, integration } satisfies HttpRoute];
  });
  for (const [, scheme] of schemes.entries()) scheme.leftToOthers('no operation names it');
  settleRest(document);
  return { routes, cors: readCors(document.get('x-amazon-apigateway-cors')) };
}

/** An operation without an integration is none that a request could reach. */
function readOperation({ setting, item }: Operation, document: Setting, isDefault: boolean): Integration | undefined {
  for (const name of item.keys()) if (['summary', 'description', 'parameters', 'servers'].includes(name)) item.get(name).ignored(unchecked);
  for (const name of setting.keys())
    if (!['isDefaultRoute', 'security', 'x-amazon-apigateway-auth', 'x-amazon-apigateway-integration'].includes(name))
      setting.get(name).ignored(unchecked);
  const written = setting.get('x-amazon-apigateway-integration');
  if (!written.exists) {
    if (setting.kind === 'map') setting.warning('DG1204', 'has no x-amazon-apigateway-integration', 'API Gateway makes no route of it');
    return undefined;
  }
  const named = written.get('$ref');
  const integration = named.exists ? referenced(document, named.string() ?? '') : written;
  if (integration?.kind !== 'map') return closed(written, named.exists ? `the integration ${named.string() ?? ''}` : 'an integration that is no map');
  const made: Record<string, Made> = {};
  for (const name of integration.keys()) {
    const property = ofIntegration[name];
    if (property === undefined) integration.get(name).ignored('is no part of an integration of an HTTP API');
    else made[property] = integration.get(name).tree;
  }
  return readIntegration(Setting.made(madeTree(made, integration.tree as Tree), document.ledger, document.by), isDefault);
}

const unchecked = 'HTTP APIs check no parameters or bodies, and descriptions are for people';

/** `#/components/x-amazon-apigateway-integrations/name` */
function referenced(document: Setting, pointer: string): Setting | undefined {
  if (!pointer.startsWith('#/')) return undefined;
  const parts = pointer.slice(2).split('/');
  return parts.reduce((at, part) => at.get(part.replaceAll('~1', '/').replaceAll('~0', '~')), document);
}

/** The path of the first server, as the base path says; empty, or `/` and segments. */
function readServers(servers: Setting, basePath: BasePath): string {
  const [first] = servers.items();
  if (first === undefined || basePath === 'ignore') {
    servers.ignored('the base path of the servers is ignored');
    return '';
  }
  const variables = first.get('variables');
  const url = (first.get('url').string() ?? '').replaceAll(/\{([^{}]+)\}/g, (_, name: string) => variables.get(name).get('default').string() ?? '');
  const path = url.replace(/^[a-z][\w+.-]*:\/\/[^/]*/i, '').replace(/\/+$/, '');
  servers.ignored('only the base path of the first server counts');
  const whole = path === '' || path.startsWith('/') ? path : `/${path}`;
  // `split`: what stands behind the first segment belongs to the paths.
  return basePath === 'prepend' ? whole : whole.replace(/^\/[^/]*/, '');
}

function settleRest(document: Setting): void {
  document.get('openapi').settle();
  const components = document.get('components');
  for (const name of components.keys())
    if (name === 'x-amazon-apigateway-integrations') components.get(name).leftToOthers('no operation names it');
    else if (name !== 'securitySchemes') components.get(name).ignored(unchecked);
  const read = new Set(['paths', 'components', 'security', 'servers', 'openapi', 'x-amazon-apigateway-cors']);
  for (const name of document.keys()) if (!read.has(name)) document.get(name).ignored('describes the API for people and importers');
}
