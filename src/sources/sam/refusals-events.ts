import type { Setting } from '../setting.ts';
import { isMap, mustBe, onlyOf, scalarAt } from './look.ts';
import type { Sam, SamResource } from './model.ts';

const apis = { Api: { by: 'RestApiId', implied: 'ServerlessRestApi' }, HttpApi: { by: 'ApiId', implied: 'ServerlessHttpApi' } } as const;

/** Refuses what SAM's translator refuses of an event that asks an API. Source: samtranslator, plugins/api and model/eventsources/push.py. */
export function refuseEvent(name: string, event: Setting, sam: Sam, root: Setting): void {
  const type = scalarAt(event.get('Type'));
  if (type !== 'Api' && type !== 'HttpApi') return;
  const properties = event.get('Properties');
  if (type === 'Api' && !properties.exists) event.problem('DG1204', `the event ${name} has no Path and no Method`, 'expected both');
  if (!isMap(properties, 'expected Path and Method')) return;
  const id = properties.get(apis[type].by);
  const api = apiOf(id, type, sam, root);
  if (type === 'HttpApi') return;
  for (const key of ['Path', 'Method']) {
    if (!properties.get(key).exists) properties.problem('DG1204', `the event ${name} has no ${key}`, `expected ${key}`);
    mustBe(properties.get(key), 'string');
  }
  refuseAuth(name, properties.get('Auth'), api?.properties.get('Auth'));
  refuseModel(name, properties.get('RequestModel'), api);
  refuseParameters(properties.get('RequestParameters'));
}

/** The API of an event, where SAM makes it. Another of the template is none that SAM writes into. */
function apiOf(id: Setting, type: 'Api' | 'HttpApi', sam: Sam, root: Setting): SamResource | undefined {
  if (!id.exists) return sam.resources.get(apis[type].implied);
  const named = scalarAt(id);
  if (typeof named !== 'string') return id.problem('DG1202', `${id.name} is no text`, 'expected Ref of an API in this template');
  const api = sam.resources.get(named);
  const other = api === undefined ? root.get('Resources').get(named).exists : api.kind !== type;
  if (api === undefined && !other)
    id.problem('DG1205', `${apis[type].by} names ${named}, which is not in this template`, `expected an AWS::Serverless::${type} of this template`);
  if (api !== undefined && other)
    id.problem('DG1205', `${apis[type].by} names ${named}, which is an AWS::Serverless::${api.kind}`, `expected an AWS::Serverless::${type}`);
  return api?.kind === type ? api : undefined;
}

function refuseAuth(name: string, auth: Setting, ofApi: Setting | undefined): void {
  if (!isMap(auth, 'expected Authorizer, ApiKeyRequired and the like')) return;
  const usual = ofApi?.get('DefaultAuthorizer').exists === true;
  const [authorizer, scopes, key] = [auth.get('Authorizer'), auth.get('AuthorizationScopes'), auth.get('ApiKeyRequired')];
  if (scopes.exists && scopes.kind !== 'list') scopes.problem('DG1202', `${scopes.name} is no list`, 'expected scopes');
  if (!authorizer.exists && !usual && scopes.kind === 'list' && scopes.items().length > 0)
    scopes.problem('DG1204', 'AuthorizationScopes works only with an authorizer', 'expected Authorizer');
  if (scalarAt(key) === false && scalarAt(ofApi?.get('ApiKeyRequired') ?? key) !== true)
    key.problem('DG1204', `the event ${name} does not require an API key, and neither does its API`, 'expected ApiKeyRequired in Auth of the API');
  if (scalarAt(auth.get('OverrideApiAuth')) === true && !['Authorizer', 'ApiKeyRequired', 'ResourcePolicy'].some((one) => auth.get(one).exists))
    auth
      .get('OverrideApiAuth')
      .problem('DG1204', 'OverrideApiAuth has nothing to put in its place', 'expected Authorizer, ApiKeyRequired or ResourcePolicy');
  const policy = auth.get('ResourcePolicy');
  if (policy.exists) isMap(policy, 'expected lists of addresses, accounts or endpoints');
  if (!authorizer.exists) return;
  const named = scalarAt(authorizer);
  const known = ofApi?.get('Authorizers');
  if (typeof named !== 'string') authorizer.problem('DG1202', `${authorizer.name} is no text`, 'expected the name of an authorizer');
  else if (named === 'NONE' && !usual)
    authorizer.problem('DG1205', `the event ${name} has the authorizer NONE`, 'this is only for APIs with a DefaultAuthorizer');
  else if (named !== 'NONE' && named !== 'AWS_IAM' && known?.get(named).exists !== true)
    authorizer.problem('DG1205', `the authorizer ${named} of the event ${name} is not defined`, 'expected one of Authorizers of its API');
}

function refuseModel(name: string, model: Setting, api: SamResource | undefined): void {
  if (!isMap(model, 'expected Model')) return;
  const named = scalarAt(model.get('Model'));
  for (const key of ['ValidateBody', 'ValidateParameters']) mustBe(model.get(key), 'boolean');
  if (typeof named !== 'string') model.problem('DG1204', `RequestModel of the event ${name} names no model`, 'expected Model');
  else if (api?.properties.get('Models').get(named).exists === false)
    model.get('Model').problem('DG1205', `the model ${named} is not defined`, 'expected one of Models of its API');
}

const parameter = /^method\.request\.(?:querystring|path|header)\../;

function refuseParameters(parameters: Setting): void {
  if (parameters.exists && parameters.kind !== 'list') parameters.problem('DG1202', `${parameters.name} is no list`, 'expected parameters');
  for (const one of parameters.kind === 'list' ? parameters.items() : []) {
    const [key, ...more] = one.kind === 'map' ? one.keys() : [];
    const named = key ?? scalarAt(one);
    if (more.length > 0 || typeof named !== 'string') one.problem('DG1202', `${one.name} is neither a text nor a map of one`, 'expected a parameter');
    else if (!parameter.test(named))
      one.problem('DG1203', `${named} is no parameter of a request`, 'expected method.request.header|querystring|path.NAME');
    if (key === undefined) continue;
    if (isMap(one.get(key), 'expected Required and Caching')) onlyOf(one.get(key), ['Required', 'Caching']);
  }
}
