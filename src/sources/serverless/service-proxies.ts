import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { ids } from './naming.ts';
import { answerFields, readCors, type RestCors } from './rest-cors.ts';
import { given, resource, textOf, type Resources, type Service } from './service.ts';
import { backends } from './service-backends.ts';

/** A method that serverless-apigateway-service-proxy lays before a service of AWS. */
export interface ServiceProxy {
  readonly path: string;
  readonly cors: RestCors | undefined;
  readonly method: (place: Readonly<Record<'ResourceId' | 'RestApiId', Made>>) => Resources;
}

const plugin = 'serverless-apigateway-service-proxy';

/** `custom.apiGatewayServiceProxies`: a list of maps of one kind each. */
export function proxiesOf(service: Service, plugins: readonly string[]): readonly ServiceProxy[] {
  const listed = service.root.get('custom').get('apiGatewayServiceProxies');
  if (!plugins.some((one) => one.endsWith(plugin))) {
    listed.leftToOthers(`counts only with the plugin ${plugin}`);
    return [];
  }
  return listed.items().flatMap((item) => item.entries().flatMap(([kind, setting]) => proxyOf(kind, setting, service) ?? []));
}

function proxyOf(kind: string, at: Setting, service: Service): ServiceProxy | undefined {
  const backend = backends[kind];
  if (backend === undefined) return at.problem('DG1203', `${kind} is no service of ${plugin}`, `expected ${Object.keys(backends).join(', ')}`);
  const [path, method] = [textOf(at.get('path')), textOf(at.get('method'))?.toUpperCase()];
  if (path === undefined || method === undefined) return at.problem('DG1204', `${kind} needs path and method`, 'expected both');
  at.get('roleArn').ignored('permissions do nothing on this machine');
  const clean = path.replace(/^\//, '').replace(/\/$/, '');
  const cors = readCors(at.get('cors'), method, service);
  const accepted = at.get('acceptParameters').entries();
  const properties = (place: Readonly<Record<string, Made>>): Made => ({
    ...place,
    HttpMethod: method,
    ApiKeyRequired: given(at.get('private')) ?? false,
    AuthorizationType: given(at.get('authorizationType')) ?? 'NONE',
    AuthorizerId: given(at.get('authorizerId')),
    AuthorizationScopes: given(at.get('authorizationScopes')),
    RequestParameters: accepted.length === 0 ? undefined : Object.fromEntries(accepted.map(([name, value]) => [name, value.tree])),
    Integration: integrationOf(at, backend(at), cors),
  });
  return { path: clean, cors, method: (place) => ({ [ids.method(clean, method)]: resource('AWS::ApiGateway::Method', properties(place), at) }) };
}

/** What a service of AWS is asked, and what it answers with, where the configuration does not say. */
export interface Backend {
  readonly uri: Made;
  readonly method?: string;
  readonly passthrough?: string;
  readonly parameters: Readonly<Record<string, Made>>;
  readonly template?: Made;
  /** Which answers have which status: patterns of the service's own. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly responseParameters?: Readonly<Record<string, Made>>;
  readonly responseTemplate?: Made;
}

function integrationOf(at: Setting, backend: Backend, cors: RestCors | undefined): Made {
  const [request, own] = [at.get('request'), at.get('requestParameters').entries()];
  const templates = request.get('template').entries();
  const types = ['application/json', 'application/x-www-form-urlencoded'];
  return {
    Type: 'AWS',
    IntegrationHttpMethod: backend.method ?? 'POST',
    Uri: backend.uri,
    PassthroughBehavior: given(request.get('passThrough')) ?? backend.passthrough,
    ContentHandling: given(request.get('contentHandling')),
    RequestParameters: { ...backend.parameters, ...Object.fromEntries(own.map(([name, value]) => [name, value.tree])) },
    RequestTemplates: {
      ...(backend.template === undefined ? {} : Object.fromEntries(types.map((type) => [type, backend.template]))),
      ...Object.fromEntries(templates.map(([type, value]) => [type, value.tree])),
    },
    IntegrationResponses: responsesOf(at.get('response'), backend, cors),
  };
}

/** A list of responses, templates for the three usual ones, or nothing. */
function responsesOf(response: Setting, backend: Backend, cors: RestCors | undefined): Made {
  const fields =
    cors === undefined
      ? {}
      : Object.fromEntries(Object.entries(answerFields(cors)).map(([name, value]) => [`method.response.header.${name}`, value]));
  if (response.kind === 'list')
    return response.items().map((one) => ({
      StatusCode: given(one.get('statusCode')),
      SelectionPattern: given(one.get('selectionPattern')) ?? given(one.get('statusCode')),
      ResponseParameters: {
        ...fields,
        ...Object.fromEntries(
          one
            .get('responseParameters')
            .entries()
            .map(([name, value]) => [name, value.tree]),
        ),
      },
      ResponseTemplates: given(one.get('responseTemplates')),
    }));
  const names: Readonly<Record<string, string>> = { 200: 'success', 400: 'clientError', 500: 'serverError' };
  return Object.entries(backend.statuses).map(([status, pattern]) => {
    const template = given(response.get('template').get(names[status] ?? '')) ?? (status === '200' ? backend.responseTemplate : undefined);
    return {
      StatusCode: status,
      SelectionPattern: pattern,
      ResponseParameters: { ...fields, ...(status === '200' ? backend.responseParameters : {}) },
      ResponseTemplates: template === undefined ? undefined : { 'application/json': template },
    };
  });
}
