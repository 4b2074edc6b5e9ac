import { defaultLimits, type Destination, type Route, type Site, type Step } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import { operationsOf, type Operation } from '../../sources/openapi.ts';
import type { Setting } from '../../sources/setting.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { readHttpProxy } from './http-proxy.ts';
import type { LambdaOptions } from './lambda.ts';
import { mockStatus, type MockOptions, type MockResponse } from './mock.ts';

const identifiers: Step = { kind: 'aws-rest/identifiers', options: null, origin: nowhere };
const plan = { request: [], head: [identifiers], body: [], log: [] };

/** Literal text: templates with references or directives are not rendered yet, and refused rather than sent as they stand. */
function literalTemplates(setting: Setting): Record<string, string> {
  return Object.fromEntries(
    setting.entries().map(([type, template]): [string, string] => {
      const text = template.string() ?? '';
      if (/[$#]/.test(text)) template.problem('DG1208', 'mapping templates with references or directives are not supported yet');
      return [type.toLowerCase(), text];
    }),
  );
}

function readMockResponse(when: string, setting: Setting): MockResponse {
  const headers = setting
    .get('responseParameters')
    .entries()
    .flatMap(([name, value]) => {
      const [, header] = /^method\.response\.header\.(.+)$/.exec(name) ?? [];
      const [, literal] = /^'(.*)'$/.exec(value.string() ?? '') ?? [];
      if (header !== undefined && literal !== undefined) return [header, literal];
      value.problem('DG1208', `the response parameter ${name} is not supported yet`, 'expected a header with a static value in single quotes');
      return [];
    });
  return {
    when,
    status: setting.get('statusCode').number({ min: 100, max: 599, integer: true }) ?? 200,
    headers,
    templates: literalTemplates(setting.get('responseTemplates')),
  };
}

function readMock(integration: Setting): Destination {
  const templates = literalTemplates(integration.get('requestTemplates'));
  const options: MockOptions = {
    requests: Object.fromEntries(Object.entries(templates).map(([type, text]) => [type, mockStatus(text)])),
    passthrough: passthroughOf(integration.get('passthroughBehavior')),
    responses: integration
      .get('responses')
      .entries()
      .map(([when, response]) => readMockResponse(when, response)),
  };
  return { kind: 'aws-rest/mock', options, origin: integration.origin, children: [] };
}

function passthroughOf(setting: Setting): MockOptions['passthrough'] {
  const upper = setting.string()?.toUpperCase() ?? 'WHEN_NO_MATCH';
  if (upper === 'WHEN_NO_MATCH' || upper === 'WHEN_NO_TEMPLATES' || upper === 'NEVER') return upper;
  setting.problem('DG1203', `passthroughBehavior is ${upper}`, 'expected when_no_match, when_no_templates or never');
  return 'NEVER';
}

function readLambda(integration: Setting, stage: string, binaryMediaTypes: readonly string[]): Destination | null {
  const uri = integration.get('uri');
  const [, name] = /:lambda:path\/[^/]+\/functions\/arn:[^/]*:function:([^/:]+)[^/]*\/invocations$/.exec(uri.string() ?? '') ?? [];
  // The gateway calls a function by POST whatever the integration says.
  integration.get('httpMethod').string();
  if (name === undefined) {
    uri.problem(
      'DG1203',
      'the uri of a proxy integration does not name a function',
      'expected arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations',
    );
    return null;
  }
  const options: LambdaOptions = { function: name, stage, binaryMediaTypes };
  return { kind: 'aws-rest/lambda', options, origin: integration.origin, children: [] };
}

/** What guards a method and is not enforced yet. Serving it unguarded would open a door. */
function refuseGuards({ setting }: Operation, document: Setting): void {
  for (const guard of [setting.get('security'), document.get('security')])
    if (guard.kind === 'list' && guard.items().length > 0) guard.problem('DG1208', 'authorizers and API keys are not supported yet');
  for (const guard of [setting.get('x-amazon-apigateway-request-validator'), document.get('x-amazon-apigateway-request-validator')])
    if (guard.exists) guard.problem('DG1208', 'request validation is not supported yet');
}

function readRoute(operation: Operation, document: Setting, stage: string, binary: readonly string[]): Route | undefined {
  refuseGuards(operation, document);
  const { path, method, setting } = operation;
  const integration = setting.get('x-amazon-apigateway-integration');
  if (!integration.exists) return integration.problem('DG1204', `${method} ${path} has no integration`, 'expected x-amazon-apigateway-integration');
  const type = integration.get('type').string()?.toLowerCase();
  let destination: Destination | null = null;
  const request: Step[] = [];
  if (type === 'mock') destination = readMock(integration);
  else if (type === 'aws_proxy') destination = readLambda(integration, stage, binary);
  else if (type === 'http_proxy') {
    const read = readHttpProxy(integration);
    if (read !== undefined) {
      request.push(read.step);
      ({ destination } = read);
    }
  } else
    integration
      .get('type')
      .problem('DG1208', `integrations of type ${type ?? 'none'} are not supported yet`, 'expected mock, http_proxy or aws_proxy');
  return {
    ...plan,
    request,
    id: `${method} ${path}`,
    when: { resource: path, method },
    origin: setting.origin,
    label: { match: `${method} ${path}`, upstream: type ?? '' },
    destination,
  };
}

/** Turns OpenAPI documents with Amazon's extensions into one REST API each. */
export function compile({ sources, ledger, options }: CompileInput): Compiled {
  const sites = sources.map((source): Site => {
    const document = source.settings(ledger, 'aws-rest/openapi');
    const stage = options.stage ?? 'default';
    const version = document.get('openapi').exists ? document.get('openapi') : document.get('swagger');
    if (version.string() === undefined)
      version.problem('DG1208', 'is not an OpenAPI document', 'templates are not read yet: give the OpenAPI document');
    document.get('info').ignored('describes the API for people');
    const own = document.get('x-amazon-apigateway-gateway-responses');
    if (own.exists) own.problem('DG1208', 'gateway responses are not supported yet');
    const binary = document.get('x-amazon-apigateway-binary-media-types').strings();
    return {
      id: 'aws-rest',
      dialect: 'aws-rest',
      faults: { kind: 'aws-rest/faults', options: null, origin: nowhere },
      matcher: { kind: 'aws-rest/match', options: { stage }, origin: nowhere },
      listeners: [],
      hosts: [],
      arrival: [],
      routes: operationsOf(document, 'x-amazon-apigateway-any-method').flatMap((one) => readRoute(one, document, stage, binary) ?? []),
      noRoute: { ...plan, destination: null },
      limits: { ...defaultLimits, maxBodyBytes: 10_485_760, maxHeaderBytes: 10_240 },
    };
  });
  return { sites };
}
