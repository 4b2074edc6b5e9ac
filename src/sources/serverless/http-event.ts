import type { Setting } from '../setting.ts';
import { readAuthorizer, type RestAuthorizer } from './rest-authorizer.ts';
import { checkKeys, textOf, type Service, type ServiceFunction } from './service.ts';
import { readCors, type RestCors } from './rest-cors.ts';

export type IntegrationType = 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK';

/** One `http` event: a method of the service's REST API. */
export interface HttpEvent {
  readonly of: ServiceFunction;
  readonly at: Setting;
  /** In capitals. */
  readonly method: string;
  /** Without slashes around it. */
  readonly path: string;
  readonly integration: IntegrationType;
  readonly cors: RestCors | undefined;
  readonly authorizer: RestAuthorizer | undefined;
}

export const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'DELETE', 'ANY'];
const integrations: Readonly<Record<string, IntegrationType>> = {
  LAMBDA: 'AWS',
  AWS: 'AWS',
  LAMBDA_PROXY: 'AWS_PROXY',
  AWS_PROXY: 'AWS_PROXY',
  HTTP: 'HTTP',
  HTTP_PROXY: 'HTTP_PROXY',
  MOCK: 'MOCK',
};
const known = [
  'async',
  'authorizer',
  'connectionId',
  'connectionType',
  'cors',
  'integration',
  'method',
  'operationId',
  'path',
  'private',
  'request',
  'response',
  'timeoutInMillis',
  'documentation',
];

/** Source: lib/plugins/aws/package/compile/events/api-gateway, its schema and lib/validate.js. */
export const httpEventsOf = (service: Service): HttpEvent[] =>
  service.functions.flatMap((of) => of.events.flatMap(({ kind, value }) => (kind === 'http' ? (readHttpEvent(value, of, service) ?? []) : [])));

function readHttpEvent(at: Setting, of: ServiceFunction, service: Service): HttpEvent | undefined {
  const [method = '', path] = methodAndPath(at);
  if (method === '' || path === undefined)
    return at.problem('DG1204', 'this http event has no method or no path', 'expected "http: GET /path", or a map with method and path');
  if (!methods.includes(method.toUpperCase()))
    return at.problem('DG1203', `${JSON.stringify(method)} is no method`, `expected ${methods.join(', ')}`);
  checkKeys(at, known, service);
  at.get('documentation').ignored('describes the method for people');
  const integration = integrationOf(at);
  const event = { of, at, method: method.toUpperCase(), path: path.replace(/^\//, '').replace(/\/$/, ''), integration };
  return { ...event, cors: readCors(at.get('cors'), event.method, service), authorizer: readAuthorizer(at.get('authorizer'), integration, service) };
}

/** `GET /path`, or a map. */
function methodAndPath(at: Setting): readonly [string | undefined, string | undefined] {
  if (at.kind === 'map') return [textOf(at.get('method')), textOf(at.get('path'))];
  const [, method, path] = /^(\S+)\s+(\S*)$/.exec(textOf(at) ?? '') ?? [];
  return [method, path];
}

function integrationOf(at: Setting): IntegrationType {
  const setting = at.get('integration');
  const text = textOf(setting);
  if (text === undefined) return at.get('async').boolean() === true ? 'AWS' : 'AWS_PROXY';
  const found = integrations[text.toUpperCase().replace('-', '_')];
  if (found === undefined)
    setting.problem('DG1203', `${JSON.stringify(text)} is no integration`, 'expected lambda-proxy, lambda, http-proxy, http or mock');
  return found ?? 'AWS_PROXY';
}
