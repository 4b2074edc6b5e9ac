import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import { callerOf, conditionKeysOf, iamCallers } from '../aws/iam/caller.ts';
import type { Credentials } from '../aws/iam/credentials.ts';
import { compilePolicy } from '../aws/iam/policy.ts';
import { signatureFields, verifySignature } from '../aws/iam/sigv4.ts';
import { invoke, isUnauthorized } from '../aws/invoke.ts';
import { bases } from './base.ts';
import { authorizers, routeArn } from './context.ts';
import { event1, event2 } from './event.ts';
import { requestIdOf } from './identifiers.ts';

import { compileValue, type Value } from './values.ts';
import { isMap } from '../aws/data.ts';

export interface AuthorizerOptions {
  readonly name: string;
  readonly function: string;
  readonly payload: '1.0' | '2.0';
  readonly simple: boolean;
  readonly identitySources: readonly string[];
  readonly ttlSeconds: number;
}
interface Cached {
  readonly result: unknown;
  readonly until: number;
}

const mostCached = 1000;
const timeoutMs = 10_000;
const unauthorized = refuse(fault('unauthenticated', { scheme: '', reason: 'an identity source is missing', missing: true }));
const forbidden = refuse(fault('forbidden', { reason: 'the authorizer refused' }));
const failed = (cause: unknown): Outcome => refuse(fault('internal', { cause }));

/** Asks a function whether a request may pass. Source: the developer guide, Lambda authorizers of HTTP APIs. */
export const lambdaAuthorizer: StepKind<AuthorizerOptions> = {
  kind: 'aws-http/lambda-authorizer',
  create(options, deps) {
    const { payload, ttlSeconds, name } = options;
    const sources = options.identitySources.map((text) => compileValue(text) as Value);
    for (const name of fieldsOf(options.identitySources)) deps.secretFields.add(name);
    return async (exchange) => {
      const id = requestIdOf(exchange, deps.random);
      const identity = sources.map((source) => source(exchange, id) ?? '');
      if (identity.includes('')) return unauthorized;
      const base = exchange.read(bases);
      const place = `${base?.api ?? ''}/${base?.stage.name ?? ''}/${name}`;
      const cache = deps.memory.get(`${exchange.scope}aws-http/authorizer:${place}`, () => new Map<string, Cached>());
      const now = (exchange.clock ?? deps.clock).now();
      const key = JSON.stringify(identity);
      const caches = ttlSeconds > 0 && sources.length > 0;
      const known = caches ? cache.get(key) : undefined;
      if (known !== undefined && known.until > now) return judge(known.result, exchange);
      try {
        const called = await invoke(options.function, eventFor(exchange, payload, identity, id), exchange, deps, {
          requestId: id,
          timeoutMs,
          isAnswer: isUnauthorized,
        });
        if (called === undefined || called === 'late') return failed('the authorizer did not answer');
        const outcome = judge(called.result, exchange);
        if (caches && (outcome === undefined || outcome === forbidden)) {
          if (cache.size >= mostCached) cache.delete(cache.keys().next().value as string);
          cache.set(key, { result: called.result, until: now + ttlSeconds * 1000 });
        }
        return outcome;
      } catch (error) {
        return isUnauthorized(error) ? unauthorized : failed(error);
      }
    };

    function judge(result: unknown, exchange: Exchange): Outcome {
      if (!isMap(result)) return failed('the authorizer returned no object');
      const allowed = options.simple ? result['isAuthorized'] : allows(result['policyDocument'], exchange);
      if (typeof allowed !== 'boolean') return failed('the authorizer returned no decision');
      if (!allowed) return forbidden;
      const { context, principalId } = result;
      exchange.write(authorizers, {
        lambda: isMap(context) ? context : null,
        ...(typeof principalId === 'string' ? { principalId } : {}),
      });
      return undefined;
    }
  },
};

/** Whether a policy lets the caller invoke this route. @throws TypeError where it is none */
function allows(policy: unknown, exchange: Exchange): boolean {
  const keys = conditionKeysOf(exchange, exchange.startedAt);
  return compilePolicy(policy).decide({ arn: routeArn(exchange), principal: null, keys }) === 'allow';
}

/** The fields and parameters of a request that sources name, lower-case. */
const fieldsOf = (sources: readonly string[]): string[] =>
  sources.flatMap((source) => /request\.(?:header|querystring)\.([^\s}]+)/.exec(source)?.[1]?.toLowerCase() ?? []);

function eventFor(exchange: Exchange, payload: '1.0' | '2.0', identity: readonly string[], requestId: string): Record<string, unknown> {
  const arn = routeArn(exchange);
  if (payload === '2.0') return { ...event2(exchange, requestId), type: 'REQUEST', routeArn: arn, identitySource: identity };
  const text = identity.join(',');
  return { ...event1(exchange, requestId), type: 'REQUEST', methodArn: arn, identitySource: text, authorizationToken: text };
}

/** Lets pass who signed the request with the credentials of this machine; all others are refused alike. */
export const iam: StepKind<{ readonly credentials: Credentials | null }> = {
  kind: 'aws-http/iam',
  create({ credentials }, deps) {
    for (const name of signatureFields) deps.secretFields.add(name);
    return async (exchange) => {
      const { method, arrived, body, query } = exchange;
      const now = (exchange.clock ?? deps.clock).now();
      const [path = ''] = arrived.target.split('?', 1);
      const problem = await verifySignature({ method, path, query, headers: arrived.headers }, () => body.whole(), credentials, 'execute-api', now);
      if (problem !== undefined) return refuse(fault('forbidden', { reason: problem.message }));
      if (credentials !== null) exchange.write(iamCallers, callerOf(credentials));
      return undefined;
    };
  },
};
