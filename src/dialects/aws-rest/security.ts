import type { Step } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { credentialsOf, noCredentials } from '../aws/iam/credentials.ts';
import type { CompileOptions } from '../dialect.ts';
import type { IamOptions } from './authorizers/iam.ts';
import { readAuthorizer, type Authorizer } from './authorizers/read-authorizer.ts';
import type { Place } from './authorizers/place.ts';
import { readResourcePolicy, type ReadPolicy } from './authorizers/read-resource-policy.ts';

/** What guards a method. */
export interface Guards {
  /** Who may pass, in the order of the gateway. */
  readonly steps: readonly Step[];
  /** Where the API key of a caller is looked for; null: none is needed. */
  readonly apiKey: 'HEADER' | 'AUTHORIZER' | null;
  /** Guards that are not enforced, for people; empty where there are none. */
  readonly unsupported: string;
}
/** The guards of a document's methods. */
export interface Security {
  guardsOf(operation: Setting): Guards;
}
type Scheme = Authorizer | 'api-key' | 'iam' | 'nothing';

const schemePlaces = (document: Setting): Setting[] => [document.get('components').get('securitySchemes'), document.get('securityDefinitions')];

/** Reads security schemes, the policy of the API and where its keys come from, once for all methods. */
export function readSecurity(document: Setting, place: Place, { env, variables }: CompileOptions): Security {
  const schemes = new Map(
    schemePlaces(document).flatMap((list) => list.entries().map(([name, scheme]) => [name, readScheme(name, scheme, place)] as const)),
  );
  const policy = readResourcePolicy(document.get('x-amazon-apigateway-policy'), place, variables);
  const keySource = document.get('x-amazon-apigateway-api-key-source').string()?.toUpperCase() === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER';
  const iam: IamOptions = { credentials: credentialsOf(env), userArn: variables['awsUserArn'] };
  const everywhere = document.get('security');
  // Methods may all have their own.
  everywhere.settle();
  const told = new Set<string>();
  const warn = (code: 'DG1204' | 'DG1205', setting: Setting, what: string, hint: string): void => {
    if (!told.has(what)) setting.warning(code, what, hint);
    told.add(what);
  };

  function guardsOf(operation: Setting): Guards {
    const own = operation.get('security');
    const security = own.exists ? own : everywhere;
    const named = security.items().flatMap((item) => {
      if (item.kind !== 'map') item.problem('DG1202', `${item.name} is no security requirement`, 'expected a map of scheme names: { NAME: [] }');
      return item.entries().map(([name, scopes]) => ({ name, scopes }));
    });
    const auth = operation.get('x-amazon-apigateway-auth');
    const needs = { iam: auth.get('type').string()?.toLowerCase() === 'aws_iam', apiKey: false };
    const [functions, tokens, unsupported]: [Step[], Step[], string[]] = [[], [], []];
    for (const { name, scopes } of named) {
      const scheme = schemes.get(name);
      const takesTokens = typeof scheme === 'object' && 'asks' in scheme && scheme.asks === 'token';
      if (!takesTokens) for (const one of scopes.items()) one.ignored('only authorizers of tokens look at scopes');
      if (scheme === undefined) {
        // What SAM writes for a method without an authorizer.
        if (name !== 'NONE') warn('DG1205', security, `there is no security scheme ${JSON.stringify(name)}`, 'API Gateway guards nothing by it');
      } else if (scheme === 'api-key') needs.apiKey = true;
      else if (scheme === 'iam') needs.iam = true;
      else if (scheme === 'nothing')
        warn(
          'DG1205',
          security,
          `API Gateway does not enforce the security scheme ${JSON.stringify(name)}`,
          'it has no x-amazon-apigateway-authorizer',
        );
      else if ('unsupported' in scheme) unsupported.push(scheme.unsupported);
      else (scheme.asks === 'function' ? functions : tokens).push(scheme.step(scheme.asks === 'token' ? scopes.strings() : []));
    }
    if (needs.iam && iam.credentials === null) warn('DG1204', operation, noCredentials, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    if ('unsupported' in policy) unsupported.push(policy.unsupported);
    const signed: Step[] = needs.iam ? [{ kind: 'aws-rest/iam', options: iam, origin: operation.origin }] : [];
    const steps = 'unsupported' in policy ? [] : inOrder(policy, signed, functions, tokens);
    return { steps, apiKey: needs.apiKey ? keySource : null, unsupported: [...new Set(unsupported)].join(' and ') };
  }
  return { guardsOf };
}

/**
 * The policy of the API stands before functions, which are not asked where it denies, and behind signatures and tokens. Of tokens and of
 * nobody it wants an allow. Source: the developer guide, "How API Gateway resource policies affect authorization workflow".
 */
function inOrder({ step }: Exclude<ReadPolicy, { readonly unsupported: string }>, signed: Step[], functions: Step[], tokens: Step[]): Step[] {
  if (step === null) return [...signed, ...tokens, ...functions];
  const needs = tokens.length > 0 || (signed.length === 0 && functions.length === 0) ? 'allow' : 'no-deny';
  return [...signed, ...tokens, step(needs), ...functions];
}

function readScheme(name: string, scheme: Setting, place: Place): Scheme {
  scheme.get('description').ignored('describes the scheme for people');
  const authType = scheme.get('x-amazon-apigateway-authtype');
  if (scheme.get('x-amazon-apigateway-authorizer').exists) {
    authType.ignored('says for people what the authorizer is about');
    scheme.get('type').ignored('the authorizer says what it asks for');
    return readAuthorizer(name, scheme, place);
  }
  const fields = ['type', 'in', 'name'].map((key) => scheme.get(key));
  if (authType.string()?.toLowerCase() === 'awssigv4') {
    for (const one of fields) one.ignored('signatures have a place of their own');
    return 'iam';
  }
  if (authType.exists) return { unsupported: `the authorizer ${name} of type ${JSON.stringify(authType.string())}` };
  const [type, where, field] = fields.map((one) => one.string());
  if (type === 'apiKey' && where === 'header' && field?.toLowerCase() === 'x-api-key') return 'api-key';
  scheme.ignored('API Gateway enforces no scheme without x-amazon-apigateway-authorizer');
  return 'nothing';
}
