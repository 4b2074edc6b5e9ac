import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import type { HttpEvent } from './http-event.ts';
import { lambdaTemplates, usualStatuses } from './lambda-templates.ts';
import { answerFields } from './rest-cors.ts';
import { arnOf, checkKeys, given, invocationOf, textOf, type Service } from './service.ts';

const knownInRequest = ['contentHandling', 'method', 'parameters', 'passThrough', 'schema', 'schemas', 'template', 'uri'];
const knownInResponse = ['contentHandling', 'headers', 'statusCodes', 'template', 'transferMode'];

/** The integration of a method. Source: lib/method/integration.js beside the events of API Gateway, and lib/validate.js. */
export function integrationOf(event: HttpEvent, service: Service): Made {
  const { at, integration: type } = event;
  const [request, response] = [at.get('request'), at.get('response')];
  checkKeys(request, knownInRequest, service);
  checkKeys(response, knownInResponse, service);
  const maps = type === 'AWS' || type === 'HTTP' || type === 'MOCK';
  const isFunction = type === 'AWS' || type === 'AWS_PROXY';
  if (!maps) leftOut(event);
  return {
    Type: type,
    TimeoutInMillis: given(at.get('timeoutInMillis')) ?? given(service.provider.get('apiGateway').get('timeoutInMillis')),
    IntegrationHttpMethod: 'POST',
    ...(isFunction ? { Uri: invocationOf(arnOf(event.of)) } : {}),
    ...(type === 'HTTP' || type === 'HTTP_PROXY' ? backendOf(event) : {}),
    ResponseTransferMode: maps ? undefined : textOf(response.get('transferMode'))?.toUpperCase(),
    ...(maps
      ? {
          PassthroughBehavior: given(request.get('passThrough')) ?? (type === 'AWS' ? 'NEVER' : undefined),
          ContentHandling: given(request.get('contentHandling')),
          RequestTemplates: templatesOf(event),
          IntegrationResponses: responsesOf(event),
        }
      : {}),
    RequestParameters: parametersOf(event),
  };
}

/** What the framework takes away from a proxy integration, with a warning. */
function leftOut({ at, integration }: HttpEvent): void {
  const why = `does nothing in an integration of type ${integration.toLowerCase().replace('_', '-')}`;
  const kept = integration === 'AWS_PROXY' ? ['parameters', 'schema', 'schemas'] : ['parameters', 'schema', 'schemas', 'uri', 'method'];
  for (const key of at.get('request').keys()) if (!kept.includes(key)) at.get('request').get(key).ignored(why);
  for (const key of at.get('response').keys()) if (key !== 'transferMode') at.get('response').get(key).ignored(why);
}

function backendOf({ at, method, integration }: HttpEvent): Record<string, Made> {
  const [uri, link] = [at.get('request').get('uri'), at.get('connectionId')];
  if (!uri.exists) at.problem('DG1204', 'this integration needs request.uri', 'expected request: { uri: https://... }');
  const type = textOf(at.get('connectionType'))?.toUpperCase().replace('-', '_');
  if (type === 'VPC_LINK' && !link.exists)
    at.get('connectionType').problem('DG1204', 'connectionType VPC_LINK needs connectionId', 'expected the VPC link beside it');
  // The method with which the backend is asked; a proxy integration loses it on the way.
  const asked = at.get('request').get('method');
  if (integration === 'HTTP_PROXY') asked.ignored('does nothing in an integration of type http-proxy');
  const own = integration === 'HTTP' ? textOf(asked)?.toUpperCase() : undefined;
  return {
    Uri: given(uri),
    IntegrationHttpMethod: own ?? method,
    ...(type === undefined ? {} : { ConnectionType: type, ConnectionId: given(link) }),
  };
}

/** A template that is null takes the framework's own away. */
function templatesOf({ at, integration, authorizer }: HttpEvent): Made {
  const templates: Record<string, Made> = integration === 'AWS' ? lambdaTemplates(authorizer?.claims ?? []) : {};
  for (const [type, template] of at.get('request').get('template').entries())
    if (template.exists) templates[type] = template.tree;
    else {
      template.string();
      delete templates[type];
    }
  return Object.keys(templates).length === 0 ? undefined : templates;
}

function responsesOf({ at, integration, cors }: HttpEvent): Made {
  const response = at.get('response');
  if (!response.exists && integration !== 'AWS') return undefined;
  const listed = response.get('statusCodes').entries();
  const headers: Record<string, Made> = { ...(cors === undefined ? {} : answerFields(cors)), ...headersOf(response.get('headers')) };
  const common = given(response.get('template'));
  const one = (status: string, pattern: Made, more: Setting | undefined): Made => ({
    StatusCode: status,
    SelectionPattern: pattern,
    ResponseParameters: asParameters({ ...headers, ...(more === undefined ? {} : headersOf(more.get('headers'))) }),
    ResponseTemplates: { ...(common === undefined ? {} : { 'application/json': common }), ...ownTemplates(more?.get('template')) },
    ContentHandling: status.startsWith('2') ? given(response.get('contentHandling')) : undefined,
  });
  const own = new Map(listed.map(([status, setting]) => [status, one(status, given(setting.get('pattern')) ?? '', setting)]));
  if (listed.length === 0) for (const [status, pattern] of Object.entries(usualStatuses)) own.set(status, one(status, pattern, undefined));
  else if (integration !== 'MOCK' && !listed.some(([, setting]) => textOf(setting.get('pattern')) === '')) own.set('200', one('200', '', undefined));
  return [...own].sort(([a], [b]) => Number(a) - Number(b)).map(([, made]) => made);
}

const headersOf = (setting: Setting): Record<string, Made> => Object.fromEntries(setting.entries().map(([name, value]) => [name, value.tree]));
const asParameters = (headers: Record<string, Made>): Record<string, Made> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]));

function ownTemplates(setting: Setting | undefined): Record<string, Made> {
  if (setting?.exists !== true) return {};
  return setting.kind === 'map' ? headersOf(setting) : { 'application/json': setting.tree };
}

const places = { querystrings: 'querystring', paths: 'path', headers: 'header' } as const;

/** The parameters that `request.parameters` names: `querystring.page`, and what is said of it. */
export const namedParameters = ({ at }: HttpEvent): (readonly [string, Setting])[] => {
  const parameters = at.get('request').get('parameters');
  return Object.entries(places).flatMap(([key, place]) =>
    parameters
      .get(key)
      .entries()
      .map(([name, setting]) => [`${place}.${name}`, setting] as const),
  );
};

function parametersOf(event: HttpEvent): Made {
  const { at, integration } = event;
  const maps = integration === 'AWS' || integration === 'HTTP' || integration === 'HTTP_PROXY';
  const mapped: Record<string, Tree | string> = {};
  for (const [name, setting] of namedParameters(event)) {
    const value = setting.kind === 'map' ? setting.get('mappedValue') : undefined;
    if (maps || name.toLowerCase() === 'header.x-amz-tenant-id')
      mapped[`integration.request.${name}`] = (value === undefined ? undefined : given(value)) ?? `method.request.${name}`;
    else value?.ignored('a function behind a proxy integration gets the request as it is');
  }
  if (at.get('async').boolean() === true) mapped['integration.request.header.X-Amz-Invocation-Type'] = "'Event'";
  return Object.keys(mapped).length === 0 ? undefined : mapped;
}
