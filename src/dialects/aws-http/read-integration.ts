import { proxyDefaults } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { closed, type Integration } from './api.ts';
import type { HttpProxyOptions } from './http-proxy.ts';
import type { LambdaOptions } from './lambda.ts';
import { readChange, type Change } from './parameters.ts';

/** Where a resource and an OpenAPI extension say the same. */
export interface IntegrationNames {
  readonly type: string;
  readonly uri: string;
  readonly method: string;
  readonly payload: string;
  readonly subtype: string;
  readonly request: string;
  readonly response: string;
  readonly timeout: string;
  readonly connection: string;
  readonly connectionId: string;
  readonly rest: readonly string[];
}
export const resourceNames: IntegrationNames = {
  type: 'IntegrationType',
  uri: 'IntegrationUri',
  method: 'IntegrationMethod',
  payload: 'PayloadFormatVersion',
  subtype: 'IntegrationSubtype',
  request: 'RequestParameters',
  response: 'ResponseParameters',
  timeout: 'TimeoutInMillis',
  connection: 'ConnectionType',
  connectionId: 'ConnectionId',
  rest: ['ApiId', 'Description', 'CredentialsArn', 'TlsConfig', 'PassthroughBehavior', 'ContentHandlingStrategy'],
};
export const extensionNames: IntegrationNames = {
  type: 'type',
  uri: 'uri',
  method: 'httpMethod',
  payload: 'payloadFormatVersion',
  subtype: 'integrationSubtype',
  request: 'requestParameters',
  response: 'responseParameters',
  timeout: 'timeoutInMillis',
  connection: 'connectionType',
  connectionId: 'connectionId',
  rest: ['credentials', 'tlsConfig', 'passthroughBehavior', 'contentHandling', 'responses', 'description'],
};

/** The function that an ARN or an invocation URI names. */
export const functionOf = (text: string): string | undefined => /:function:([^/:]+)/.exec(text)?.[1];

export function readIntegration(setting: Setting, names: IntegrationNames, isDefault: boolean): Integration {
  for (const name of names.rest) setting.get(name).ignored('permissions and descriptions do nothing on this machine');
  const type = setting.get(names.type).string()?.toUpperCase();
  const timeoutMs = setting.get(names.timeout).number({ min: 50, max: 30_000, integer: true }) ?? 30_000;
  const payload = setting.get(names.payload).oneOf('1.0', '2.0') ?? '1.0';
  const subtype = setting.get(names.subtype).string();
  if (subtype !== undefined) return closed(setting, `the integration ${subtype}`);
  const uri = setting.get(names.uri);
  const method = setting.get(names.method);
  if (type === 'AWS_PROXY') {
    method.ignored('functions are called by POST');
    return readLambda(uri, payload, timeoutMs, changesOf(setting, names));
  }
  if (type !== 'HTTP_PROXY') return closed(setting, `an integration of type ${type ?? 'none'}`);
  const link = setting.get(names.connectionId).string();
  const isPrivate = setting.get(names.connection).string() === 'VPC_LINK';
  const [, scheme = 'http', host = '', path = ''] = /^(https?):\/\/([^/?#{}$\s]+)([^#$\s]*)$/.exec(uri.string() ?? '') ?? [];
  if (host === '' && !isPrivate) return closed(uri, `the uri ${JSON.stringify(uri.string() ?? '')}`);
  const { request, head } = changesOf(setting, names);
  const options: HttpProxyOptions = {
    path,
    host: isPrivate && host === '' ? '' : host,
    method: method.string()?.toUpperCase() ?? 'ANY',
    append: isPrivate ? 'whole-path' : isDefault && !path.includes('{') ? 'path' : 'nothing',
    changes: request,
  };
  const text = uri.string() ?? '';
  const where = host === '' ? `http://${encodeURIComponent(text.split(/[:/]/).at(-1) ?? '').toLowerCase() || 'private'}` : `${scheme}://${host}`;
  const url = new URL(where);
  const named = [
    host === '' ? text : host,
    `${url.hostname}:${url.port || (scheme === 'https' ? '443' : '80')}`,
    url.hostname,
    where,
    ...(isPrivate && link !== undefined ? [link] : []),
  ];
  return {
    request: [{ kind: 'aws-http/http-proxy-request', options, origin: setting.origin }],
    destination: {
      kind: 'proxy',
      options: { ...proxyDefaults, names: [...new Set(named)], url: where, responseTimeoutMs: timeoutMs, upgrades: 'as-sent' },
      origin: setting.origin,
      children: [],
    },
    head,
    upstream: text,
  };
}

/** A function by its ARN; `setting` is where that stands. */
export function readLambda(
  setting: Setting,
  payload: LambdaOptions['payload'],
  timeoutMs: number,
  changes: Changes = { request: [], head: [] },
): Integration {
  const name = functionOf(setting.string() ?? '');
  if (name === undefined) return closed(setting, `a proxy integration with ${JSON.stringify(setting.string() ?? '')}, which names no function,`);
  if (changes.request.length > 0) return closed(setting, 'a parameter mapping of a request to a function');
  const options: LambdaOptions = { function: name, payload, timeoutMs };
  return {
    request: [],
    destination: { kind: 'aws-http/lambda', options, origin: setting.origin, children: [] },
    head: changes.head,
    upstream: `function:${name}`,
  };
}

interface Changes {
  readonly request: readonly Change[];
  readonly head: Integration['head'];
}

function changesOf(setting: Setting, names: IntegrationNames): Changes {
  const request = setting
    .get(names.request)
    .entries()
    .flatMap(([key, value]) => readChange(key, value, 'request'));
  const response = setting.get(names.response);
  const byStatus = Object.fromEntries(
    response.entries().map(([status, one]) => {
      const list = one.get('ResponseParameters');
      const changes = list.exists
        ? list.items().flatMap((item) => readChange(item.get('Destination').string() ?? '', item.get('Source'), 'response'))
        : one.entries().flatMap(([key, value]) => readChange(key, value, 'response'));
      return [status, changes];
    }),
  );
  const head = response.exists ? [{ kind: 'aws-http/response-parameters', options: { byStatus }, origin: response.origin }] : [];
  return { request, head };
}
