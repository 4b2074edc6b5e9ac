import { proxyDefaults } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { elsewhere } from '../aws/body.ts';
import { closed, type Integration } from './api.ts';
import type { HttpProxyOptions } from './http-proxy.ts';
import type { LambdaOptions } from './lambda.ts';
import { readChange, type Change } from './parameters.ts';

/** The function that an ARN or an invocation URI names. */
export const functionOf = (text: string): string | undefined => /:function:([^/:]+)/.exec(text)?.[1];

/** `1.0` without quotes is a number, of which only 1 is left. */
export function readPayloadVersion(setting: Setting): '1.0' | '2.0' | undefined {
  const given = setting.tree?.kind === 'scalar' ? setting.tree.value : undefined;
  if (given !== 1 && given !== 2 && given !== '1' && given !== '2') return setting.oneOf('1.0', '2.0');
  setting.settle();
  return `${given}.0`;
}

export function readIntegration(setting: Setting, isDefault: boolean): Integration {
  const integration = readByType(setting, isDefault);
  if (integration.destination === null) setting.leftToOthers('its route is closed');
  return integration;
}

function readByType(setting: Setting, isDefault: boolean): Integration {
  for (const name of ['ApiId', 'Description', 'CredentialsArn', 'TlsConfig', 'PassthroughBehavior', 'ContentHandlingStrategy'])
    setting.get(name).ignored('permissions and descriptions do nothing on this machine');
  const type = setting.get('IntegrationType').string()?.toUpperCase();
  const timeoutMs = setting.get('TimeoutInMillis').number({ min: 50, max: 30_000, integer: true }) ?? 30_000;
  const payload = readPayloadVersion(setting.get('PayloadFormatVersion')) ?? '1.0';
  const subtype = setting.get('IntegrationSubtype').string();
  if (type === elsewhere.toUpperCase()) return closed(setting, 'a document that is not here');
  if (subtype !== undefined) return closed(setting, `the integration ${subtype}`);
  const link = setting.get('ConnectionId').string();
  const isPrivate = setting.get('ConnectionType').oneOf('INTERNET', 'VPC_LINK') === 'VPC_LINK';
  const uri = setting.get('IntegrationUri');
  const method = setting.get('IntegrationMethod');
  if (type === 'AWS_PROXY') {
    method.ignored('functions are called by POST');
    return readLambda(uri, payload, timeoutMs, changesOf(setting));
  }
  if (type !== 'HTTP_PROXY') return closed(setting, `an integration of type ${type ?? 'none'}`);
  const [, scheme = 'http', host = '', path = ''] = /^(https?):\/\/([^/?#{}$\s]+)([^#$\s]*)$/.exec(uri.string() ?? '') ?? [];
  if (host === '' && !isPrivate) return closed(uri, `the uri ${JSON.stringify(uri.string() ?? '')}`);
  const { request, head } = changesOf(setting);
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

function changesOf(setting: Setting): Changes {
  const request = setting
    .get('RequestParameters')
    .entries()
    .flatMap(([key, value]) => readChange(key, value, 'request'));
  const response = setting.get('ResponseParameters');
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
