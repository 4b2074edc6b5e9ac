import type { Exchange } from '../../../engine/exchange.ts';
import type { StepKind } from '../../../engine/kit.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { fault, ownFault } from '../../../model/fault.ts';
import { conditionKeysOf } from '../../aws/iam/caller.ts';
import { compilePolicy, type Policy } from '../../aws/iam/policy.ts';
import { invoke, isUnauthorized } from '../../aws/invoke.ts';
import { requestIdOf } from '../identifiers.ts';
import { proxyEvent } from '../proxy-event.ts';
import { authorized, type Authorized } from './authorized.ts';
import { compileSource, fieldsOf, wholePattern, type IdentitySource } from './identity-source.ts';
import { methodArn, type Place } from './place.ts';
import { resourceDecisions } from './resource-policy.ts';
import { isMap } from '../../aws/data.ts';

export interface LambdaAuthorizerOptions extends Place {
  readonly name: string;
  readonly function: string;
  readonly type: 'TOKEN' | 'REQUEST';
  readonly sources: readonly string[];
  /** What a token must be as a whole. */
  readonly validation: string | null;
  readonly ttlSeconds: number;
}
interface Answer extends Authorized {
  readonly policy: Policy;
}
interface Cached extends Answer {
  readonly until: number;
}

const mostCached = 1000;
const timeoutMs = 10_000;
const longestArn = 1600;
const unauthorized = (reason: string): Outcome => refuse(fault('unauthenticated', { scheme: '', reason, missing: true }));
const unidentified = unauthorized('an identity source is missing or not valid');
const refused = unauthorized('the authorizer answered Unauthorized');
const denied = (explicit: boolean): Outcome => refuse(ownFault('aws-rest/authorizer-denied', { explicit }));
const failed = (cause: unknown): Outcome => refuse(ownFault('aws-rest/authorizer-failed', { cause }));

/**
 * Asks a function who is calling. Its policy is kept by the identity of the caller and judges later requests for other methods too.
 * Source: the developer guide, "Use API Gateway Lambda authorizers".
 */
export const lambdaAuthorizer: StepKind<LambdaAuthorizerOptions> = {
  kind: 'aws-rest/lambda-authorizer',
  create(options, deps) {
    const { type, ttlSeconds } = options;
    const sources = options.sources.map((text) => compileSource(text, options) as IdentitySource);
    for (const name of fieldsOf(options.sources)) deps.secretFields.add(name);
    const validation = options.validation === null ? null : wholePattern(options.validation);
    const place = `aws-rest/authorizer:${options.api}/${options.stage}/${options.name}`;
    const caches = ttlSeconds > 0 && sources.length > 0;
    return async (exchange) => {
      const requestId = requestIdOf(exchange, deps.random);
      const identity = sources.map((source) => source(exchange, requestId) ?? '');
      if (identity.includes('')) {
        exchange.note(`the authorizer ${options.name} is not asked: there is nothing at ${options.sources[identity.indexOf('')]}`);
        return unidentified;
      }
      if (validation?.test(identity[0] as string) === false) {
        exchange.note(`the authorizer ${options.name} is not asked: the token does not match ${options.validation}`);
        return unidentified;
      }
      const arn = methodArn(exchange, options);
      if (arn.length > longestArn) return refuse(fault('target-too-long', { limit: longestArn }));
      const cache = deps.memory.get(exchange.scope + place, () => new Map<string, Cached>());
      const key = JSON.stringify(identity);
      const known = caches ? cache.get(key) : undefined;
      const asked = (exchange.clock ?? deps.clock).now();
      if (known !== undefined && known.until > asked) {
        exchange.note(`the authorizer ${options.name} is not asked: its policy is kept from an earlier request of this caller`);
        return judge(known, arn, exchange, 0);
      }
      let answer: Answer;
      try {
        const event =
          type === 'TOKEN' ? tokenEvent(identity[0] as string, arn) : requestEvent(exchange, options, arn, { requestId, random: deps.random });
        const called = await invoke(options.function, event, exchange, deps, { requestId, timeoutMs, isAnswer: isUnauthorized });
        if (called === undefined) return refuse(fault('upstream-unmapped', { upstream: `function:${options.function}` }));
        if (called === 'late') return failed('the authorizer did not answer in time');
        answer = readAnswer(called.result);
      } catch (error) {
        if (isUnauthorized(error)) return refused;
        exchange.note(`the authorizer ${options.name} failed: ${(error as Error).message}`);
        return failed(error);
      }
      const now = (exchange.clock ?? deps.clock).now();
      if (caches) {
        if (cache.size >= mostCached) cache.delete(cache.keys().next().value as string);
        cache.set(key, { ...answer, until: now + ttlSeconds * 1000 });
      }
      return judge(answer, arn, exchange, now - asked);
    };

    /** Where the function says nothing of this method, an allow of the resource policy is enough (same account). */
    function judge({ policy, context, usageIdentifierKey }: Answer, arn: string, exchange: Exchange, integrationLatency: number): Outcome {
      const decision = policy.decide({ arn, principal: null, keys: conditionKeysOf(exchange, exchange.startedAt) });
      if (decision === 'deny' || (decision === 'silent' && exchange.read(resourceDecisions) !== 'allow')) {
        exchange.note(`the policy of the authorizer ${options.name} ${decision === 'deny' ? 'denies' : 'says nothing of'} ${arn}`);
        return denied(decision === 'deny');
      }
      exchange.write(authorized, { context: { ...context, integrationLatency }, usageIdentifierKey });
      return undefined;
    }
  },
};

const tokenEvent = (authorizationToken: string, arn: string): object => ({ type: 'TOKEN', methodArn: arn, authorizationToken });

/** As the event of a proxy integration, without the body; maps that hold nothing are empty. */
function requestEvent(exchange: Exchange, place: Place, arn: string, ids: { readonly requestId: string; readonly random: () => number }): object {
  const { body: _, isBase64Encoded: __, ...event } = proxyEvent(exchange, place, Buffer.alloc(0), false, ids);
  const filled = Object.entries(event).map(([name, value]) => [name, value ?? {}]);
  return { type: 'REQUEST', methodArn: arn, ...Object.fromEntries(filled) };
}

/** @throws TypeError where the gateway could not make use of it */
function readAnswer(result: unknown): Answer {
  if (!isMap(result)) throw new TypeError('the answer of an authorizer is an object with principalId and policyDocument');
  const { principalId, policyDocument, context = {}, usageIdentifierKey } = result;
  if (typeof principalId !== 'string') throw new TypeError('principalId is a text');
  if (context !== null && !isMap(context)) throw new TypeError('context is a map');
  const entries = Object.entries(context ?? {});
  for (const [name, value] of entries)
    if (!['string', 'number', 'boolean'].includes(typeof value)) throw new TypeError(`context.${name} is neither text, number nor boolean`);
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== 'string')
    throw new TypeError('usageIdentifierKey is a text');
  return {
    policy: compilePolicy(policyDocument),
    context: { principalId, ...Object.fromEntries(entries.map(([name, value]) => [name, String(value as string)])) },
    usageIdentifierKey: usageIdentifierKey ?? undefined,
  };
}
