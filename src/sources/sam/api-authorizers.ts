import { lambdaUri } from '../cloudformation/scope.ts';
import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';

/** Where an identity is looked for, by the members of `Identity`. */
const sources = [
  ['Headers', 'method.request.header.'],
  ['QueryStrings', 'method.request.querystring.'],
  ['StageVariables', 'stageVariables.'],
  ['Context', 'context.'],
] as const;

/** `Auth.Authorizers` as the security schemes that SAM makes of them. */
export function addAuthorizers(document: Draft, authorizers: Setting): void {
  if (authorizers.kind !== 'map') return;
  const schemes = document.below('securityDefinitions');
  for (const [name, authorizer] of authorizers.entries()) {
    authorizer.get('AuthorizationScopes').settle();
    authorizer.get('DisableFunctionDefaultPermissions').ignored('concerns the permission to call the function');
    for (const key of ['AuthorizerPayloadFormatVersion', 'EnableSimpleResponses']) authorizer.get(key).ignored('is for authorizers of HTTP APIs');
    if (authorizer.tree !== undefined)
      schemes.set(name, authorizer.get('UserPoolArn').exists ? cognito(authorizer) : lambda(authorizer), authorizer.tree);
  }
}

const scheme = (header: Made, authtype: string, authorizer: Made): Made => ({
  type: 'apiKey',
  name: header,
  in: 'header',
  'x-amazon-apigateway-authtype': authtype,
  'x-amazon-apigateway-authorizer': authorizer,
});

function cognito(authorizer: Setting): Made {
  const [pools, identity] = [authorizer.get('UserPoolArn'), authorizer.get('Identity')];
  identity.get('ReauthorizeEvery').ignored('tokens of a user pool are verified with each request');
  return scheme(identity.get('Header').tree ?? 'Authorization', 'cognito_user_pools', {
    type: 'cognito_user_pools',
    providerARNs: pools.kind === 'list' ? pools.tree : [pools.tree],
    identityValidationExpression: identity.get('ValidationExpression').tree,
  });
}

function lambda(authorizer: Setting): Made {
  const identity = authorizer.get('Identity');
  const isRequest = authorizer.get('FunctionPayloadType').oneOf('TOKEN', 'REQUEST') === 'REQUEST';
  const role = authorizer.get('FunctionInvokeRole');
  const found = sources.flatMap(([name, prefix]) =>
    identity
      .get(name)
      .strings()
      .map((one) => `${prefix}${one}`),
  );
  if (isRequest) for (const name of ['Header', 'ValidationExpression']) identity.get(name).ignored('is for authorizers that take a token');
  const arn = authorizer.get('FunctionArn').string();
  return scheme(isRequest ? 'Unused' : (identity.get('Header').tree ?? 'Authorization'), 'custom', {
    type: isRequest ? 'request' : 'token',
    authorizerUri: arn === undefined ? undefined : lambdaUri(arn),
    authorizerResultTtlInSeconds: identity.get('ReauthorizeEvery').tree,
    authorizerCredentials: role.string() === 'NONE' ? undefined : role.tree,
    identitySource: isRequest && found.length > 0 ? found.join(', ') : undefined,
    identityValidationExpression: isRequest ? undefined : identity.get('ValidationExpression').tree,
  });
}
