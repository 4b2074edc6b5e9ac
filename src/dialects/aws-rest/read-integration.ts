import type { Destination, Step } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { elsewhere } from '../aws/body.ts';
import type { StageFacts } from './context.ts';
import { endpointOf, serverAt, serviceOf, withStageVariables } from './endpoint.ts';
import type { BackendOptions } from './mapping/backends.ts';
import type { ContentHandling } from './mapping/content.ts';
import { reservedForServices } from './mapping/header-rules.ts';
import type { IntegrationOptions } from './mapping/integration.ts';
import { readFrom, readRequestParameters } from './mapping/parameters.ts';
import { selectionPattern, type ResponseOptions } from './mapping/responses.ts';
import { readTemplates } from './mapping/templates.ts';
import { functionIn, uriOf } from './function-uri.ts';
import { readHttpProxy } from './http-proxy.ts';
import type { LambdaOptions } from './lambda.ts';

/** What a method does once it may: steps that make the request, where it goes, and steps that see the answer first. Or why that cannot be mirrored yet. */
export type Integration =
  | { readonly request: readonly Step[]; readonly destination: Destination; readonly head?: readonly Step[]; readonly upstream?: string }
  /** `told`: why is told already. */
  | { readonly unsupported: string; readonly told?: true };

export function readIntegration(integration: Setting, facts: StageFacts, binaryMediaTypes: readonly string[]): Integration {
  const type = integration.get('type').string()?.toLowerCase();
  if (type === elsewhere) return { unsupported: 'a document that is not here', told: true };
  if (integration.get('integrationSubtype').exists) return ofHttpApi(integration, 'a first-class integration of an HTTP API');
  const uri = uriOf(integration.get('uri'), facts.variables);
  if (integration.get('payloadFormatVersion').exists && /^arn:[\w-]+:lambda:/.test(uri))
    return ofHttpApi(integration, 'a function by its bare ARN, which only an HTTP API takes');
  integration.get('payloadFormatVersion').ignored('is for HTTP APIs');
  integration.get('responseTransferMode').approximately('an answer is sent when it is whole').oneOf('BUFFERED', 'STREAM');
  checkEndpoint(integration, type, uri);
  if (type === 'mock' || type === 'http' || type === 'aws') return readMapped(integration, facts, binaryMediaTypes, type, uri);
  if (type === 'aws_proxy') return readLambda(integration, facts, binaryMediaTypes, uri);
  if (type === 'http_proxy') return readHttpProxy(integration, facts);
  return { unsupported: `an integration of type ${type ?? 'none'}` };
}

function ofHttpApi(integration: Setting, unsupported: string): Integration {
  integration.ignored('a REST API has no integration of this kind');
  return { unsupported };
}

/** In the words of API Gateway. */
function whyNoUri(type: string, uri: string): string {
  if (type.startsWith('http')) return 'Invalid HTTP endpoint specified for URI';
  return uri.startsWith('arn:') ? 'AWS ARN for integration must contain path or action' : 'Invalid ARN specified in the request';
}

/** What API Gateway refuses when a method is made. Source: recorded refusals of integrations. */
function checkEndpoint(integration: Setting, type: string | undefined, text: string): void {
  if (type === undefined || type === 'mock') return;
  const [uri, method] = [integration.get('uri'), integration.get('httpMethod')];
  if (!method.exists && type !== 'aws_proxy')
    integration.problem(
      'DG1204',
      `an integration of type ${type} needs httpMethod: Enumeration value for HttpMethod must be non-empty`,
      'expected a method or ANY',
    );
  if (type.startsWith('http') ? !/^https?:\/\/[^/]|^\$\{/.test(text) : !/^arn:[^:]+:apigateway:[^:]+:[^:]+:(?:path|action)\/|^\$\{\w+\}$/.test(text))
    uri.problem(
      'DG1203',
      `${JSON.stringify(text)} is no uri of an integration of type ${type}: ${whyNoUri(type, text)}`,
      type.startsWith('http') ? 'expected http(s)://...' : 'expected arn:aws:apigateway:REGION:SERVICE:path|action/...',
    );
}

/** MOCK, HTTP and AWS integrations: what is mapped on the way there and back. */
function readMapped(
  integration: Setting,
  { stage, variables }: StageFacts,
  binaryMediaTypes: readonly string[],
  type: 'mock' | 'http' | 'aws',
  uri: string,
): Integration {
  for (const key of ['credentials', 'connectionType', 'connectionId', 'integrationTarget', 'tlsConfig'])
    integration.get(key).ignored('says how AWS reaches the backend');
  const timeoutMs = integration.get('timeoutInMillis').number({ min: 50, max: 300_000 }) ?? 29_000;
  const name = type === 'aws' ? functionIn(uri) : undefined;
  const service = type === 'aws' && name === undefined ? serviceOf(withStageVariables(uri, variables)) : undefined;
  const endpoint = type === 'http' ? endpointOf(uri, variables) : service;
  const httpMethod = integration.get('httpMethod');
  if (endpoint === undefined) httpMethod.ignored(type === 'aws' ? 'functions are called by POST' : 'nothing is asked');
  const method = endpoint === undefined ? 'ANY' : (httpMethod.string()?.toUpperCase() ?? 'ANY');
  const backend = ((): BackendOptions => {
    if (type === 'mock') return { kind: 'mock' };
    if (name !== undefined) return { kind: 'lambda', function: withStageVariables(name, variables), timeoutMs };
    return { kind: 'http', host: endpoint?.host ?? '', path: endpoint?.path ?? '', method, service: type === 'aws' };
  })();
  const options: IntegrationOptions = {
    stage,
    variables,
    backend,
    requestTemplates: readTemplates(integration.get('requestTemplates')),
    passthrough: passthroughOf(integration.get('passthroughBehavior')),
    requestParameters: readRequestParameters(integration.get('requestParameters')),
    contentHandling: contentHandlingOf(integration.get('contentHandling')),
    binaryMediaTypes,
    responses: integration
      .get('responses')
      .entries()
      .map(([when, response]) => readResponse(when, response)),
  };
  const children = endpoint === undefined ? [] : [serverAt(endpoint, service === undefined ? [] : [service.name], timeoutMs, integration)];
  const asked = backend.kind === 'lambda' ? { upstream: `function:${backend.function}` } : {};
  return { request: [], destination: { kind: 'aws-rest/integration', options, origin: integration.origin, children }, ...asked };
}

function readResponse(when: string, setting: Setting): ResponseOptions {
  if (when !== 'default')
    try {
      selectionPattern(when);
    } catch (error) {
      setting.problem(
        'DG1203',
        `the selection pattern ${JSON.stringify(when)} cannot be used: ${(error as Error).message}`,
        'expected a regular expression',
      );
      return { when: 'default', status: 500, parameters: [], templates: {}, contentHandling: null };
    }
  const parameters = setting
    .get('responseParameters')
    .entries()
    .flatMap(([key, value]) => {
      const [, name] = /^method\.response\.header\.([!#$%&'*+.^_`|~\w-]+)$/.exec(key) ?? [];
      const from = readFrom(value.string() ?? '', 'integration.response');
      if (name !== undefined && from !== undefined) return [{ name, from }];
      const text = value.string() ?? '';
      if (name !== undefined && !/^(?:method|integration|context|stageVariables)\./.test(text)) {
        value.warning(
          'DG1203',
          `API Gateway will not deploy ${key}: ${text}: Invalid mapping expression specified`,
          `a text stands in quotes of its own: "'${text}'"; it is answered here as if it did`,
        );
        return [{ name, from: { in: 'literal', text } as const }];
      }
      value.problem(
        'DG1203',
        `${key}: ${value.string() ?? ''} is no response parameter: Invalid mapping expression specified`,
        "expected method.response.header.NAME: integration.response.header.NAME or 'text'",
      );
      return [];
    });
  return {
    when,
    status: setting.get('statusCode').number({ min: 100, max: 599, integer: true }) ?? 200,
    parameters,
    templates: readTemplates(setting.get('responseTemplates')),
    contentHandling: contentHandlingOf(setting.get('contentHandling')),
  };
}

const contentHandlingOf = (setting: Setting): ContentHandling => setting.oneOf('CONVERT_TO_TEXT', 'CONVERT_TO_BINARY') ?? null;

function passthroughOf(setting: Setting): IntegrationOptions['passthrough'] {
  const upper = setting.string()?.toUpperCase() ?? 'WHEN_NO_MATCH';
  if (upper === 'WHEN_NO_MATCH' || upper === 'WHEN_NO_TEMPLATES' || upper === 'NEVER') return upper;
  setting.problem('DG1203', `passthroughBehavior is ${upper}`, 'expected when_no_match, when_no_templates or never');
  return 'NEVER';
}

function readLambda(integration: Setting, facts: StageFacts, binaryMediaTypes: readonly string[], uri: string): Integration {
  const name = functionIn(uri);
  // The gateway calls a function by POST whatever the integration says.
  integration.get('httpMethod').ignored('functions are called by POST');
  for (const key of ['credentials', 'passthroughBehavior', 'responses', 'contentHandling', 'requestTemplates'])
    integration.get(key).ignored('has no effect on a proxy integration');
  if (name === undefined) {
    integration
      .get('uri')
      .problem(
        'DG1203',
        "the uri of a proxy integration does not name a function: Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations",
        'expected arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations',
      );
    return { unsupported: 'an unknown function' };
  }
  // Mappings have no effect on what a function gets, but a reserved field lets the request fail all the same (recorded).
  const { origin } = integration;
  if (
    readRequestParameters(integration.get('requestParameters')).some(
      ({ to, name: field }) => to === 'header' && reservedForServices.has(field.toLowerCase()),
    )
  )
    return { request: [], destination: { kind: 'aws-rest/failing', options: { why: 'a reserved header field is mapped' }, origin, children: [] } };
  const timeoutMs = integration.get('timeoutInMillis').number({ min: 50, max: 300_000 }) ?? 29_000;
  const options: LambdaOptions = {
    ...facts,
    function: withStageVariables(name, facts.variables),
    binaryMediaTypes,
    timeoutMs,
    streamed: uri.endsWith('/response-streaming-invocations'),
  };
  const upstream = `function:${options.function}`;
  return { request: [], destination: { kind: 'aws-rest/lambda', options, origin: integration.origin, children: [] }, upstream };
}
