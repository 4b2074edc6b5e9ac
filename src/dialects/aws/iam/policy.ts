import { compileConditions, type Condition, type ConditionKeys } from './conditions.ts';
import { matchesWildcard } from './wildcard.ts';
import { isMap, listOf } from '../data.ts';

/** What an access policy says of a request; `silent`: nothing. */
export type Decision = 'allow' | 'deny' | 'silent';
/** What a policy is asked: who may invoke this method. */
export interface Ask {
  readonly arn: string;
  /** Null: nobody is known. */
  readonly principal: Principal | null;
  readonly keys: ConditionKeys;
}
export interface Principal {
  readonly arn: string;
  readonly account: string;
}
export interface Policy {
  decide(ask: Ask): Decision;
}
export interface PolicyOptions {
  /** The policy stands at an API and names whom it is about. */
  readonly principals?: boolean;
  /** How the resources of the policy are written. */
  readonly resource?: (pattern: string) => string;
  /** Told of each condition key. */
  readonly uses?: (key: string) => void;
}

type Test<T> = (value: T) => boolean;
interface Statement {
  readonly effect: 'allow' | 'deny';
  readonly principal: Test<Principal | null>;
  readonly resource: Test<string>;
  readonly condition: Condition;
}

const action = 'execute-api:invoke';

/**
 * An access policy as API Gateway evaluates it. A statement about other actions says nothing.
 * @throws TypeError saying what in it is no policy, or is not understood
 */
export function compilePolicy(document: unknown, options: PolicyOptions = {}): Policy {
  if (!isMap(document) || document['Statement'] === undefined) throw new TypeError('a policy without Statement');
  const statements = listOf(document['Statement']).flatMap((one) => compileStatement(one, options));
  return {
    decide(ask) {
      let decision: Decision = 'silent';
      for (const { effect, principal, resource, condition } of statements) {
        if (!principal(ask.principal) || !resource(ask.arn) || !condition(ask.keys)) continue;
        if (effect === 'deny') return 'deny';
        decision = 'allow';
      }
      return decision;
    },
  };
}

function compileStatement(statement: unknown, { principals = false, resource = (one) => one, uses }: PolicyOptions): Statement[] {
  if (!isMap(statement)) throw new TypeError('a statement that is no map');
  const { Effect: effect } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new TypeError('a statement whose Effect is neither Allow nor Deny');
  const actions = oneOf(statement, 'Action', (one) => {
    const pattern = one.toLowerCase();
    return (name: string) => matchesWildcard(pattern, name);
  });
  const resources = oneOf(statement, 'Resource', (one) => {
    const pattern = resource(one);
    return (arn: string) => matchesWildcard(pattern, arn);
  });
  const made: Statement = {
    effect: effect === 'Allow' ? 'allow' : 'deny',
    principal: principals ? principalOf(statement) : () => true,
    resource: resources,
    condition: compileConditions(statement['Condition'], uses),
  };
  return actions(action) ? [made] : [];
}

/** A member of a statement, or its opposite: `Action` or `NotAction`. */
function oneOf(statement: Readonly<Record<string, unknown>>, name: string, compile: (pattern: string) => Test<string>): Test<string> {
  const [is, not] = [statement[name], statement[`Not${name}`]];
  if ((is === undefined) === (not === undefined)) throw new TypeError(`a statement needs either ${name} or Not${name}`);
  const patterns = listOf(is ?? not);
  if (patterns.length === 0 || !patterns.every((one) => typeof one === 'string')) throw new TypeError(`${name} is a text or a list of texts`);
  if (patterns.some((one) => one.includes('${'))) throw new TypeError(`policy variables in ${name}`);
  const tests = patterns.map(compile);
  return (value) => tests.some((test) => test(value)) === (not === undefined);
}

/** Whom a statement is about. Who is not known is only part of everybody. */
function principalOf(statement: Readonly<Record<string, unknown>>): Test<Principal | null> {
  const [is, not] = [statement['Principal'], statement['NotPrincipal']];
  if ((is === undefined) === (not === undefined)) throw new TypeError('a statement needs either Principal or NotPrincipal');
  const written = is ?? not;
  // Services and federated identities are nobody who could call from here.
  const names = isMap(written) ? listOf(written['AWS'] ?? []) : [written];
  if (!names.every((one) => typeof one === 'string')) throw new TypeError('a Principal is a text or a list of texts');
  if (!isMap(written) && written !== '*') throw new TypeError('a Principal is "*" or names accounts, users and roles below AWS');
  const among = (who: Principal | null): boolean =>
    names.some((one) => one === '*' || (who !== null && (one === who.arn || one === who.account || one === `arn:aws:iam::${who.account}:root`)));
  return (who) => among(who) === (not === undefined);
}
