import type { Setting } from '../setting.ts';
import { isMap, mustBe, onlyOf, scalarAt } from './look.ts';

const known = [
  'Authorizers',
  'DefaultAuthorizer',
  'InvokeRole',
  'AddDefaultAuthorizerToCorsPreflight',
  'AddApiKeyRequiredToCorsPreflight',
  'ApiKeyRequired',
  'ResourcePolicy',
  'UsagePlan',
];
const sources = ['Headers', 'QueryStrings', 'StageVariables', 'Context'];

/** Refuses what SAM's translator refuses of `Auth` of a REST API. Source: samtranslator, model/api/api_generator.py and model/apigateway.py. */
export function refuseAuth(auth: Setting): void {
  if (!isMap(auth, 'expected Authorizers, DefaultAuthorizer and the like')) return;
  onlyOf(auth, known);
  const [authorizers, usual, plan, policy] = ['Authorizers', 'DefaultAuthorizer', 'UsagePlan', 'ResourcePolicy'].map((name) => auth.get(name)) as [
    Setting,
    Setting,
    Setting,
    Setting,
  ];
  mustBe(usual, 'string');
  if (isMap(authorizers, 'expected authorizers by their names')) {
    for (const name of authorizers.keys()) refuseAuthorizer(name, authorizers.get(name));
    const name = scalarAt(usual);
    if (typeof name === 'string' && name !== 'AWS_IAM' && authorizers.keys().length > 0 && !authorizers.keys().includes(name))
      usual.problem('DG1205', `the default authorizer ${name} is none of Authorizers`, 'expected the name of one');
  }
  if (isMap(plan, 'expected CreateUsagePlan')) onlyOf(plan, ['CreateUsagePlan', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName']);
  if (!isMap(policy, 'expected lists of addresses, accounts or endpoints')) return;
  for (const name of ['SourceVpcBlacklist', 'SourceVpcWhitelist'])
    for (const item of policy.get(name).kind === 'list' ? policy.get(name).items() : []) mustBe(item, 'string');
}

function refuseAuthorizer(name: string, one: Setting): void {
  if (one.kind !== 'map') {
    one.problem('DG1202', `the authorizer ${name} is no map`, 'expected UserPoolArn or FunctionArn');
    return;
  }
  const [identity, payload, scopes] = [one.get('Identity'), one.get('FunctionPayloadType'), one.get('AuthorizationScopes')];
  isMap(identity, 'expected Header, Headers, QueryStrings and the like');
  if (scopes.exists && scopes.kind !== 'list') scopes.problem('DG1202', `AuthorizationScopes of ${name} is no list`, 'expected scopes');
  mustBe(one.get('DisableFunctionDefaultPermissions'), 'boolean');
  if (one.get('UserPoolArn').exists) return;
  const type = scalarAt(payload);
  if (payload.exists && type !== 'TOKEN' && type !== 'REQUEST')
    payload.problem('DG1203', `FunctionPayloadType of ${name} is ${JSON.stringify(type ?? null)}`, 'expected TOKEN or REQUEST');
  const named = sources.some((source) => identity.get(source).exists);
  const cached = Number(scalarAt(identity.get('ReauthorizeEvery')) ?? 300) !== 0;
  if (type === 'REQUEST' && cached && !named && (identity.kind === 'map' || !identity.exists))
    one.problem('DG1204', `the authorizer ${name} has no Identity`, `expected Identity with at least one of ${sources.join(', ')}`);
}
