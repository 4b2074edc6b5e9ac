import type { Destination, Step } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { readHttpProxy } from './http-proxy.ts';
import type { LambdaOptions } from './lambda.ts';
import { mockStatus, type MockOptions, type MockResponse } from './mock.ts';

/** What a method does once it may: steps that make the request, and where it goes. Or why that cannot be mirrored yet. */
export type Integration = { readonly request: readonly Step[]; readonly destination: Destination } | { readonly unsupported: string };

export function readIntegration(integration: Setting, stage: string, binaryMediaTypes: readonly string[]): Integration {
  const type = integration.get('type').string()?.toLowerCase();
  if (integration.get('integrationSubtype').exists) return { unsupported: 'a first-class integration of an HTTP API' };
  checkEndpoint(integration, type);
  if (type === 'mock') return readMock(integration);
  if (type === 'aws_proxy') return readLambda(integration, stage, binaryMediaTypes);
  if (type === 'http_proxy') return readHttpProxy(integration);
  return { unsupported: `an integration of type ${type ?? 'none'}` };
}

/** What API Gateway refuses when a method is made. Source: recorded refusals of integrations. */
function checkEndpoint(integration: Setting, type: string | undefined): void {
  if (type === undefined || type === 'mock') return;
  const [uri, method] = [integration.get('uri'), integration.get('httpMethod')];
  const text = uri.string() ?? '';
  if (!method.exists && type !== 'aws_proxy')
    integration.problem('DG1204', `an integration of type ${type} needs httpMethod`, 'expected a method or ANY');
  if (type.startsWith('http') ? !/^https?:\/\/[^/]|^\$\{/.test(text) : !/^arn:[\w-]+:apigateway:[\w-]+:[^:]+:(?:path|action)\//.test(text))
    uri.problem(
      'DG1203',
      `${JSON.stringify(text)} is no uri of an integration of type ${type}`,
      type.startsWith('http') ? 'expected http(s)://...' : 'expected arn:aws:apigateway:REGION:SERVICE:path|action/...',
    );
}

/** Literal text; undefined where one has references or directives, which are not rendered yet. */
function literalTemplates(setting: Setting): Record<string, string> | undefined {
  const templates = setting.entries().map(([type, template]) => [type.toLowerCase(), template.string() ?? ''] as const);
  return templates.some(([, text]) => /[$#]/.test(text)) ? undefined : Object.fromEntries(templates);
}

const templates = { unsupported: 'mapping templates with references or directives' };

function readMock(integration: Setting): Integration {
  const requests = literalTemplates(integration.get('requestTemplates'));
  const passthrough = passthroughOf(integration.get('passthroughBehavior'));
  const responses = integration
    .get('responses')
    .entries()
    .map(([when, response]) => readMockResponse(when, response));
  if (requests === undefined) return templates;
  const unsupported = responses.find((one) => 'unsupported' in one);
  if (unsupported !== undefined) return unsupported as { unsupported: string };
  const options: MockOptions = {
    requests: Object.fromEntries(Object.entries(requests).map(([type, text]) => [type, mockStatus(text)])),
    passthrough,
    responses: responses as MockResponse[],
  };
  return { request: [], destination: { kind: 'aws-rest/mock', options, origin: integration.origin, children: [] } };
}

function readMockResponse(when: string, setting: Setting): MockResponse | { readonly unsupported: string } {
  const headers: string[] = [];
  let mapped = false;
  for (const [name, value] of setting.get('responseParameters').entries()) {
    const [, header] = /^method\.response\.header\.(.+)$/.exec(name) ?? [];
    const [, literal] = /^'(.*)'$/.exec(value.string() ?? '') ?? [];
    if (header !== undefined && literal !== undefined) headers.push(header, literal);
    else mapped = true;
  }
  const status = setting.get('statusCode').number({ min: 100, max: 599, integer: true }) ?? 200;
  const texts = literalTemplates(setting.get('responseTemplates'));
  if (texts === undefined) return templates;
  return mapped ? { unsupported: 'response parameters that are not static' } : { when, status, headers, templates: texts };
}

function passthroughOf(setting: Setting): MockOptions['passthrough'] {
  const upper = setting.string()?.toUpperCase() ?? 'WHEN_NO_MATCH';
  if (upper === 'WHEN_NO_MATCH' || upper === 'WHEN_NO_TEMPLATES' || upper === 'NEVER') return upper;
  setting.problem('DG1203', `passthroughBehavior is ${upper}`, 'expected when_no_match, when_no_templates or never');
  return 'NEVER';
}

function readLambda(integration: Setting, stage: string, binaryMediaTypes: readonly string[]): Integration {
  const uri = integration.get('uri');
  const [, name] = /:lambda:path\/[^/]+\/functions\/arn:[^/]*:function:([^/:]+)[^/]*\/invocations$/.exec(uri.string() ?? '') ?? [];
  // The gateway calls a function by POST whatever the integration says.
  integration.get('httpMethod').ignored('functions are called by POST');
  for (const key of ['credentials', 'passthroughBehavior', 'responses', 'requestParameters', 'contentHandling'])
    integration.get(key).ignored('has no effect on a proxy integration');
  if (name === undefined) {
    uri.problem(
      'DG1203',
      'the uri of a proxy integration does not name a function',
      'expected arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations',
    );
    return { unsupported: 'an unknown function' };
  }
  const options: LambdaOptions = { function: name, stage, binaryMediaTypes };
  return { request: [], destination: { kind: 'aws-rest/lambda', options, origin: integration.origin, children: [] } };
}
