import { lambdaUri, streamingUri } from '../cloudformation/scope.ts';
import { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { integrationKey, isVersion3, methodKey, skeleton } from './api-document.ts';
import { Policy } from './api-policy.ts';
import { guardOperation } from './api-security.ts';
import type { ApiEvent, SamResource } from './model.ts';

/** An API while its document is laid together. */
export interface Building {
  readonly api: SamResource;
  readonly document: Draft;
  readonly policy: Policy;
  readonly stage: string;
}

/** Lays the method of an event into the document of its API. */
export function addEvent({ api, document, policy, stage }: Building, event: ApiEvent): void {
  const { setting, owner, at } = event;
  const path = setting.get('Path').string() ?? '/';
  const method = methodKey(setting.get('Method').string() ?? 'any');
  const [auth, apiAuth] = [setting.get('Auth'), api.properties.get('Auth')];
  const item = document.below('paths').below(path, at);
  if (item.isMap(method) && item.below(method).has(integrationKey)) {
    setting.problem('DG1203', `${method} ${path} has an integration already`, 'expected each method of a path in one event only');
    return;
  }
  auth.get('OverrideApiAuth').ignored('what an event says stands above the defaults of its API anyway');
  const operation = item.below(method, at);
  operation.set(integrationKey, owner.kind === 'StateMachine' ? stateMachine(event) : proxy(event, auth, apiAuth), at);
  if (!operation.has('responses')) operation.set('responses', {});
  guardOperation(document, operation, auth, apiAuth);
  // An event of a state machine names no stage in its statements: they hold nowhere.
  policy.add(auth.get('ResourcePolicy'), path, item, owner.kind === 'StateMachine' ? '' : stage);
  policy.addCustom(auth.get('ResourcePolicy'));
  addModel(document, operation, setting.get('RequestModel'));
  addParameters(operation, setting.get('RequestParameters'));
}

/** What an event makes is laid over what the document says of its method, key by key; what it says elsewhere in a document is left out. */
export function mergeEvent({ api, document, stage }: Building, event: ApiEvent): void {
  const scratch = new Draft(madeTree(skeleton(), event.at), event.at);
  addEvent({ api, document: scratch, policy: new Policy(scratch), stage }, event);
  if (!document.has('paths')) return;
  const body = api.properties.get('DefinitionBody');
  if (!document.isMap('paths')) body.get('paths').settle();
  for (const path of scratch.below('paths').keys()) {
    const item = scratch.below('paths').below(path);
    for (const method of item.keys()) {
      const made = item.below(method);
      const operation = document.below('paths').below(path, event.at).below(method, event.at);
      for (const key of made.keys()) {
        body.get('paths').get(path).get(method).get(key).leftToOthers('an event says it');
        operation.set(key, made.get(key));
      }
    }
  }
}

/** An event that a document of the user's own answers for says nothing more, but for what is to stand above the defaults of the API. */
export function overrideByEvent(building: Building | undefined, event: ApiEvent): void {
  const { setting } = event;
  const auth = setting.get('Auth');
  const path = setting.get('Path').string() ?? '/';
  const method = methodKey(setting.get('Method').string() ?? 'any');
  if (building !== undefined && auth.get('OverrideApiAuth').boolean() === true && building.document.below('paths').isMap(path)) {
    const { api, document, policy, stage } = building;
    const item = document.below('paths').below(path);
    if (item.isMap(method)) guardOperation(document, item.below(method), auth, api.properties.get('Auth'));
    policy.add(auth.get('ResourcePolicy'), path, item, stage);
    policy.addCustom(auth.get('ResourcePolicy'));
  }
  for (const key of setting.keys())
    if (!['Path', 'Method', 'RestApiId'].includes(key) && (key !== 'Auth' || auth.get('OverrideApiAuth').boolean() !== true))
      setting.get(key).ignored('the document of the API says what its methods ask for');
}

function proxy(event: ApiEvent, auth: Setting, apiAuth: Setting): Made {
  const { setting, arn } = event;
  setting.get('Stage').ignored('the stage is that of the API');
  const mode = setting.get('ResponseTransferMode');
  const isStreamed = mode.string() === 'STREAM';
  return {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: isStreamed ? streamingUri(arn) : lambdaUri(arn),
    credentials: credentialsOf(auth, apiAuth),
    timeoutInMillis: setting.get('TimeoutInMillis').tree,
    responseTransferMode: mode.tree,
  };
}

/** Whose permissions the function is called with, where callers sign their requests. */
function credentialsOf(auth: Setting, apiAuth: Setting): Made {
  const [own, usual] = [auth.get('InvokeRole'), apiAuth.get('InvokeRole')];
  const [role, usualRole] = [roleIn(own), roleIn(usual)];
  const isSigned =
    auth.get('Authorizer').string() === 'AWS_IAM' || (apiAuth.get('DefaultAuthorizer').string() === 'AWS_IAM' && auth.keys().length === 0);
  const named = role ?? usualRole;
  if (!isSigned || named === 'NONE') return undefined;
  if (named === undefined || named === 'CALLER_CREDENTIALS') return 'arn:aws:iam::*:user/*';
  return (role === undefined ? usual : own).tree;
}

const roleIn = (setting: Setting): string | undefined => setting.string() ?? (setting.kind === 'absent' ? undefined : 'NONE');

/** The body becomes the input of an execution. */
function stateMachine({ owner, name, arn, setting }: ApiEvent): Made {
  setting.get('Stage').ignored('the stage is that of the API');
  const unescaped = setting.get('UnescapeMappingTemplate').boolean() === true ? `.replaceAll("\\\\'","'")` : '';
  return {
    type: 'aws',
    httpMethod: 'POST',
    uri: 'arn:aws:apigateway:us-east-1:states:action/StartExecution',
    credentials: `${owner.id}${name}Role.Arn`,
    responses: { '200': { statusCode: '200' }, '400': { statusCode: '400' } },
    requestTemplates: { 'application/json': `{"input": "$util.escapeJavaScript($input.json('$'))${unescaped}", "stateMachineArn": "${arn}"}` },
  };
}

function addModel(document: Draft, operation: Draft, model: Setting): void {
  const name = model.get('Model').string()?.toLowerCase();
  if (name === undefined) return;
  const required = model.get('Required').tree;
  const at = model.tree as Tree;
  if (isVersion3(document))
    operation.set('requestBody', { content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } }, required }, at);
  else append(operation, 'parameters', [{ in: 'body', name, schema: { $ref: `#/definitions/${name}` }, required }], at);
  const [body, parameters] = [model.get('ValidateBody'), model.get('ValidateParameters')];
  if (!body.exists && !parameters.exists) return;
  const checks = { validateRequestBody: body.boolean() ?? false, validateRequestParameters: parameters.boolean() ?? false };
  const validator = validatorName(checks.validateRequestBody, checks.validateRequestParameters);
  const validators = document.below('x-amazon-apigateway-request-validators', at);
  if (!validators.has(validator)) validators.set(validator, checks, at);
  operation.set('x-amazon-apigateway-request-validator', validator, at);
}

function validatorName(body: boolean, parameters: boolean): string {
  if (body) return parameters ? 'body-and-params' : 'body-only';
  return parameters ? 'params-only' : 'no-validation';
}

/** `method.request.header.X`, or that with `Required` and `Caching`. */
function addParameters(operation: Draft, parameters: Setting): void {
  for (const one of parameters.items()) {
    const [text, detail] = one.kind === 'map' ? (one.entries()[0] ?? ['', one]) : [one.string() ?? '', undefined];
    const [, place, name] = /^method\.request\.(querystring|path|header)\.(.+)$/.exec(text) ?? [];
    if (place === undefined) {
      one.problem('DG1203', `${text} is no parameter of a request`, 'expected method.request.header|querystring|path.NAME');
      continue;
    }
    const required = detail?.get('Required').tree ?? false;
    append(operation, 'parameters', [{ in: place === 'querystring' ? 'query' : place, name, required, type: 'string' }], one.tree as Tree);
    if (detail?.get('Caching').boolean() === true) append(operation.below(integrationKey), 'cacheKeyParameters', [text], one.tree as Tree);
  }
}

function append(draft: Draft, key: string, more: readonly Made[], at: Tree): void {
  const there = draft.get(key);
  draft.set(key, [...(there?.kind === 'list' ? there.items : []), ...more], at);
}
