import type { Route, Step } from '../../model/gateway.ts';
import { operationsOf, referenced, type Operation } from '../../sources/openapi.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { apisOf, type Api } from './api.ts';
import { readGatewayResponses } from './gateway-responses.ts';
import { checkPath, checkSiblings, pathPrefix, readVersion, settleDescriptions, settleOperation } from './import.ts';
import { bodyModelsOf } from './models/body-models.ts';
import { modelsOf, type Models } from './models/read-models.ts';
import { readIntegration, type Integration } from './read-integration.ts';
import { deploymentKey } from './place.ts';
import { withCache } from './read-cache.ts';
import { readSecurity, type Security } from './security.ts';
import { plan, sitesOf, type Part } from './sites.ts';
import { parametersOf, validatorOf } from './validation.ts';

/** Turns OpenAPI documents with Amazon's extensions, bare or in a template, into one site for each REST API. */
export function compile(input: CompileInput): Compiled {
  const read = input.sources.map((source) => apisOf(source, input));
  return {
    sites: read.flatMap(({ apis, domains }) =>
      sitesOf(
        apis.map((api) => partOf(api, input)),
        domains,
      ),
    ),
    upstreams: Object.assign({}, ...read.map(({ upstreams }) => upstreams)),
  };
}

function partOf(api: Api, { options }: CompileInput): Part {
  const { id, document, stage, variables } = api;
  const security = readSecurity(document, { api: id, stage, variables }, options);
  readVersion(document);
  const responses = readGatewayResponses(document.get('x-amazon-apigateway-gateway-responses'));
  // Templates spell a slash as ~1.
  const binary = document
    .get('x-amazon-apigateway-binary-media-types')
    .strings()
    .map((type) => type.replaceAll('~1', '/'));
  checkSiblings(document);
  const prefix = pathPrefix(document, api.basePath);
  const models = modelsOf(document);
  const operations = operationsOf(document, 'x-amazon-apigateway-any-method').map((one) => ({ ...one, path: `${prefix}${one.path}` }));
  const routes = operations.flatMap((one) => (checkPath(one) ? [readMethod(one, api, { binary, models, security })] : []));
  models.settleRest();
  settleDescriptions(document);
  const compressedFrom = document
    .get('x-amazon-apigateway-minimum-compression-size')
    .approximately('answers are compressed; bodies of requests are passed on as they come')
    .number({ min: 0, max: 10_485_760, integer: true });
  return { api, responses, routes, compressedFrom };
}

/** What the methods of a document share. */
interface Shared {
  readonly binary: readonly string[];
  readonly models: Models;
  readonly security: Security;
}

/** Order of refusals: guards, parameters, body, integration (facts, order of refusals). What cannot be mirrored yet closes its own method only. */
function readMethod(operation: Operation, api: Api, { binary, models, security }: Shared): Route {
  const { path, method, setting, item } = operation;
  const { document, stage } = api;
  const origin = setting.origin;
  const unsupported: string[] = [];
  const request: Step[] = [];

  const guards = security.guardsOf(setting);
  if (guards.unsupported !== '') unsupported.push(guards.unsupported);
  const throttle = api.settings.throttleOf(path, method);
  request.push(...guards.steps);
  if (guards.apiKey !== null) {
    const options = { keys: api.keysFor(`${path}/${method}`), method: `${path}/${method}`, source: guards.apiKey };
    request.push({ kind: 'aws-rest/api-key', options, origin });
  }
  if (throttle !== null)
    request.push({ kind: 'aws-rest/stage-throttle', options: { ...throttle, key: `${api.id}/${stage}${path}/${method}` }, origin });

  const validator = validatorOf(setting, document);
  const { body: parameter, ...required } = parametersOf(setting, item, document);
  if (validator?.parameters === true && Object.values(required).some((names) => names.length > 0))
    request.push({ kind: 'aws-rest/required-parameters', options: required, origin });
  const body = bodyModelsOf({ operation: setting, document, parameter, models, validated: validator?.body === true });
  if (body.unsupported !== undefined) unsupported.push(body.unsupported);
  if (Object.keys(body.models).length > 0) request.push({ kind: 'aws-rest/body-model', options: { models: body.models }, origin });

  const integration = referenced(setting.get('x-amazon-apigateway-integration'), document);
  const read: Integration = integration.exists
    ? readIntegration(integration, { stage, variables: api.variables }, binary)
    : { unsupported: 'an integration, which it has none of: API Gateway deploys no such method' };
  if ('unsupported' in read) unsupported.push(read.unsupported);
  else request.push(...read.request);
  settleOperation(setting);
  const deployment = deploymentKey({ ...api, api: api.id });
  const shared = api.canary && api.settings.canary?.sharesCache === true;
  const at = { stage: shared ? deploymentKey({ ...api, api: api.id, canary: false }) : deployment, resource: path, method };
  const destination = 'unsupported' in read ? null : withCache(read.destination, integration, api.settings.cacheOf(path, method), at);
  const what = unsupported.join(' and ');
  if (what !== '' && !('told' in read)) setting.warning('DG1208', `${method} ${path} needs ${what}, not supported yet`, 'it answers 501 until then');
  const type = integration.get('type').string() ?? '';
  return {
    ...plan,
    head: [...('unsupported' in read ? [] : (read.head ?? [])), ...plan.head],
    request: what === '' ? request : [{ kind: 'aws-rest/unsupported', options: { what }, origin }],
    id: `${method} ${path}`,
    when: { deployment, resource: path, method },
    origin,
    label: { match: `${method} ${path}`, upstream: what !== '' || 'unsupported' in read ? '(not supported)' : (read.upstream ?? type) },
    destination: what === '' ? destination : null,
  };
}
