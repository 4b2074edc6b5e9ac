import { defaultLimits, type Route, type Site, type Step } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import { operationsOf, type Operation } from '../../sources/openapi.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { apisOf, type Api } from './api.ts';
import type { FaultBookOptions } from './faults.ts';
import { readGatewayResponses } from './gateway-responses.ts';
import { readIntegration } from './read-integration.ts';
import { guardsOf } from './security.ts';
import { parametersOf, validatorOf } from './validation.ts';

const identifiers: Step = { kind: 'aws-rest/identifiers', options: null, origin: nowhere };
const plan = { request: [], head: [identifiers], body: [], log: [] };

/** Turns OpenAPI documents with Amazon's extensions, bare or in a template, into one site for each REST API. */
export function compile(input: CompileInput): Compiled {
  return { sites: input.sources.flatMap((source) => apisOf(source, input).map(siteOf)) };
}

function siteOf(api: Api): Site {
  const { document, stage, variables } = api;
  const version = document.get('openapi').exists ? document.get('openapi') : document.get('swagger');
  if (!/^(?:3\.0|2)/.test(version.string() ?? ''))
    version.problem('DG1203', 'is not an OpenAPI document', 'expected openapi: 3.0.x or swagger: "2.0"');
  version.ignored('says which language this is');
  for (const name of ['info', 'tags', 'externalDocs', 'schemes', 'host', 'produces', 'consumes', 'x-amazon-apigateway-documentation'])
    document.get(name).ignored('describes the API for people');
  const responses = readGatewayResponses(document.get('x-amazon-apigateway-gateway-responses'));
  // Templates spell a slash as ~1.
  const binary = document
    .get('x-amazon-apigateway-binary-media-types')
    .strings()
    .map((type) => type.replaceAll('~1', '/'));
  return {
    id: 'aws-rest',
    dialect: 'aws-rest',
    faults: { kind: 'aws-rest/faults', options: { stage, variables, responses } satisfies FaultBookOptions, origin: document.origin },
    matcher: { kind: 'aws-rest/match', options: { stage }, origin: nowhere },
    listeners: [],
    hosts: [],
    arrival: [],
    routes: operationsOf(document, 'x-amazon-apigateway-any-method').map((one) => readMethod(one, api, binary)),
    noRoute: { ...plan, destination: null },
    limits: { ...defaultLimits, maxBodyBytes: 10_485_760, maxHeaderBytes: 10_240 },
  };
}

/** Order of refusals: guards, parameters, integration (facts, order of refusals). What cannot be mirrored yet closes its own method only. */
function readMethod(operation: Operation, api: Api, binary: readonly string[]): Route {
  const { path, method, setting, item } = operation;
  if (/\{[^}]*\+\}./.test(path)) item.problem('DG1203', `${path} goes on behind a greedy parameter`, 'expected {name+} as the last segment');
  const { document, stage } = api;
  const origin = setting.origin;
  const unsupported: string[] = [];
  const request: Step[] = [];
  for (const name of ['summary', 'description', 'operationId', 'tags', 'responses', 'deprecated', 'produces', 'consumes'])
    setting.get(name).ignored('describes the method for people');

  const guards = guardsOf(setting, document);
  if (guards.unsupported !== '') unsupported.push(guards.unsupported);
  const throttle = api.throttleOf(`${path}/${method}`);
  if (throttle !== null) request.push({ kind: 'aws-rest/stage-throttle', options: { ...throttle, key: `${stage}${path}/${method}` }, origin });
  if (guards.apiKey)
    request.unshift({ kind: 'aws-rest/api-key', options: { keys: api.keysFor(`${path}/${method}`), method: `${path}/${method}` }, origin });

  const validator = validatorOf(setting, document);
  const { hasBodyModel, ...required } = parametersOf([item.get('parameters'), setting.get('parameters')], document);
  if (validator?.parameters === true && Object.values(required).some((names) => names.length > 0))
    request.push({ kind: 'aws-rest/required-parameters', options: required, origin });
  if (validator?.body === true && (hasBodyModel || setting.get('requestBody').exists)) unsupported.push('validation of bodies');

  const integration = setting.get('x-amazon-apigateway-integration');
  if (!integration.exists) integration.problem('DG1204', `${method} ${path} has no integration`, 'expected x-amazon-apigateway-integration');
  const read = readIntegration(integration, { stage, variables: api.variables }, binary);
  if ('unsupported' in read) unsupported.push(read.unsupported);
  else request.push(...read.request);
  const what = unsupported.join(' and ');
  if (what !== '') setting.warning('DG1208', `${method} ${path} needs ${what}, not supported yet`, 'it answers 501 until then');
  const type = integration.get('type').string() ?? '';
  return {
    ...plan,
    request: what === '' ? request : [{ kind: 'aws-rest/unsupported', options: { what }, origin }],
    id: `${method} ${path}`,
    when: { resource: path, method },
    origin,
    label: { match: `${method} ${path}`, upstream: what === '' ? type : '(not supported)' },
    destination: what === '' && !('unsupported' in read) ? read.destination : null,
  };
}
