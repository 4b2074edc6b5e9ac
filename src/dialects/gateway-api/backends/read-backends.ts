import type { Destination, Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readDuration } from '../duration.ts';
import { readFilters } from '../filters/read-filters.ts';
import type { ResolvedBackend, RuleFacts } from './resolve.ts';
import { readSession, type SessionOptions } from './read-session.ts';
import { noRetry, readRetry, type RetryOptions } from './retry.ts';
import { quietMs, serviceProxy } from './service-proxy.ts';
import { pickOf } from './session-token.ts';

/** Where a rule sends, and what its backends do to the answers. */
export interface RuleBackends {
  readonly destination: Destination;
  /** Stands before the head steps of the rule. */
  readonly head: readonly Step[];
  /** For people. */
  readonly upstreams: readonly string[];
}
interface Tries {
  /** Of one try, in ms; undefined: the usual one, 0: none. */
  readonly tryMs: number | undefined;
  readonly retry: RetryOptions | null;
}
export interface WeightedBackend {
  readonly weight: number;
  readonly destination: Destination;
  /** Null: the reference leads nowhere. */
  readonly upstream: string | null;
}
interface Backend extends WeightedBackend {
  readonly filtersAnswers: boolean;
}

export function readBackends(rule: Setting, facts: RuleFacts): RuleBackends {
  const { origin } = rule;
  const { requestMs, ...tries } = readTimes(rule, facts);
  const id = `${facts.route} ${origin.pointer.slice(origin.pointer.lastIndexOf('/') + 1)}`;
  const refs = rule
    .get('backendRefs')
    .items()
    .map((ref) => ({ ref, backend: facts.resolve(ref, facts.namespace) }));
  const session = readSession(rule.get('sessionPersistence'), id, true) ?? sessionOf(refs, id);
  const backends = refs.map((one) => readBackend(one, facts, tries, session === null ? null : id));
  const around = (kind: string, options: unknown, child: Destination): Destination => ({ kind, options, origin, children: [child] });
  const chosen = session === null ? chooseAmong(backends, rule) : around('gateway-api/session', session, chooseStaying(backends, rule, id));
  return {
    destination: requestMs === undefined || requestMs === 0 ? chosen : around('gateway-api/deadline', { afterMs: requestMs }, chosen),
    head: [
      ...(session === null ? [] : [{ kind: 'gateway-api/session-token', options: session, origin }]),
      ...(backends.some((one) => one.filtersAnswers) ? [{ kind: 'gateway-api/backend-head', options: null, origin }] : []),
    ],
    upstreams: upstreamsOf(backends),
  };
}

/** A GRPCRoute has no such fields: the API server drops what stands there. */
function readTimes(rule: Setting, { kind }: RuleFacts): Tries & { readonly requestMs: number | undefined } {
  if (kind !== 'HTTPRoute') return { requestMs: undefined, tryMs: quietMs, retry: null };
  const timeouts = rule.get('timeouts').approximately('it ends with the head of the answer: a slow body is not cut off');
  const requestMs = readDuration(timeouts.get('request'));
  const backendMs = readDuration(timeouts.get('backendRequest'));
  // A try ends with its request, at the latest: nothing is left waiting behind an answer.
  const tryMs = backendMs === 0 ? (requestMs ?? 0) : (backendMs ?? requestMs);
  return { requestMs, tryMs, retry: readRetry(rule.get('retry')) };
}

interface Reference {
  readonly ref: Setting;
  readonly backend: ResolvedBackend;
}

/** Where a rule says nothing, what the policy of one of its backends says holds for all of them, which GEP-1619 leaves open. */
function sessionOf(refs: readonly Reference[], id: string): SessionOptions | null {
  const policies = refs.flatMap(({ ref, backend }) => ('traffic' in backend && backend.traffic !== undefined ? [{ ref, ...backend.traffic }] : []));
  const [first, ...rest] = policies.filter(({ sessionPersistence }) => sessionPersistence.exists);
  if (first === undefined) return null;
  for (const { ref, sessionPersistence } of rest)
    if (sessionPersistence !== first.sessionPersistence)
      ref.warning('DG1205', 'another backend of the rule has a policy for sessions of its own', 'that of the first one holds for all');
  return readSession(first.sessionPersistence, id, false);
}

function readBackend({ ref, backend }: Reference, facts: RuleFacts, { tryMs, retry }: Tries, session: string | null): Backend {
  const { origin } = ref;
  const weight = readWeight(ref);
  const filters = readFilters(ref, facts);
  if ('problem' in backend) {
    ref.warning('DG1205', backend.problem, 'its share of the requests answers 500');
    return { weight, destination: invalid(backend.problem, ref), upstream: null, filtersAnswers: false };
  }
  if (backend.unready !== undefined)
    ref.warning('DG1205', `the Service of ${backend.upstream} ${backend.unready}`, 'its share of the requests answers 503, unless it is mapped');
  const proxy = serviceProxy(backend, origin, { timeoutMs: tryMs, session });
  const budget = backend.traffic?.budget ?? null;
  const again = budget === null ? retry : { ...(retry ?? noRetry), budget };
  const tried: Destination = again === null ? proxy : { kind: 'gateway-api/retry', options: again, origin, children: [proxy] };
  const filtered = filters.request.length > 0 || filters.head.length > 0;
  return {
    weight,
    destination: filtered ? { kind: 'gateway-api/backend', options: filters, origin, children: [tried] } : tried,
    upstream: backend.upstream,
    filtersAnswers: filters.head.length > 0,
  };
}

export const readWeight = (ref: Setting): number => ref.get('weight').number({ min: 0, max: 1_000_000, integer: true }) ?? 1;

/** Those that get something. */
export const upstreamsOf = (backends: readonly WeightedBackend[]): string[] =>
  backends.flatMap(({ upstream, weight }) => (upstream === null || weight === 0 ? [] : [upstream]));

/** Weight 0 gets nothing; where nobody has any, or nobody is there, 500 is the answer. */
export function chooseAmong(backends: readonly WeightedBackend[], rule: Setting): Destination {
  const live = backends.filter((one) => one.weight > 0);
  if (live.length === 0) return invalid('the rule has no backends', rule);
  const children = live.map((one) => one.destination);
  if (children.length === 1) return children[0] as Destination;
  return { kind: 'gateway-api/weighted', options: { weights: live.map((one) => one.weight) }, origin: rule.origin, children };
}

/** The same, where sessions stay with what they have: with a backend of weight 0 too (GEP-1619). */
function chooseStaying(backends: readonly Backend[], rule: Setting, id: string): Destination {
  const weights = backends.map(({ weight }) => weight);
  const ids = backends.map(({ upstream }) => (upstream === null ? null : pickOf(id, upstream)));
  const children = backends.map(({ destination }) => destination);
  if (!weights.some((one) => one > 0)) {
    weights.push(1);
    ids.push(null);
    children.push(invalid('the rule has no backends', rule));
  }
  return { kind: 'gateway-api/weighted', options: { weights, ids }, origin: rule.origin, children };
}

export const invalid = (reason: string, { origin }: Setting): Destination => ({
  kind: 'gateway-api/invalid-backend',
  options: { reason },
  origin,
  children: [],
});
