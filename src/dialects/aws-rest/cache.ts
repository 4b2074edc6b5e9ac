import type { Exchange } from '../../engine/exchange.ts';
import type { Answer, DestinationKind } from '../../engine/kit.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { readWhole } from '../../http/body.ts';
import { parseQuery } from '../../http/query.ts';
import { fault } from '../../model/fault.ts';
import { iamCallers } from '../aws/iam/caller.ts';
import { valuesOf, type From } from './mapping/parameters.ts';
import { seenFields } from './seen-fields.ts';

/** What a stage says about the cache of a method. */
export interface CacheSettings {
  readonly ttlMs: number;
  /** Whether callers need a right of their own to ask for a fresh answer. */
  readonly authorized: boolean;
  /** What those get who lack it: 403, the cached answer with a warning, or just the cached answer. */
  readonly otherwise: 'FAIL_WITH_403' | 'SUCCEED_WITH_RESPONSE_HEADER' | 'SUCCEED_WITHOUT_RESPONSE_HEADER';
}
export interface CacheOptions extends CacheSettings {
  /** API and stage: what has a cache of its own. */
  readonly stage: string;
  /** Namespace and method within it. */
  readonly name: string;
  readonly key: readonly From[];
}
interface Cached {
  readonly until: number;
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const maxEntries = 1_000;
/** Larger answers are not kept. Source: the developer guide, API caching. */
const maxBytes = 1_048_576;
const warning = '199 Cache-control headers were ignored because the caller was unauthorized.';
const asksAnew = (exchange: Exchange): boolean =>
  exchange.arrived.headers.getAll('cache-control').some((value) => /(?:^|[,\s])max-age=0(?:[,\s]|$)/i.test(value));

/**
 * Answers GET requests from the cache of the stage while an answer is fresh. Only what the integration names is part of the key: without
 * cacheKeyParameters all requests of a method share one answer. Source: the developer guide, enable API caching.
 */
export const cache: DestinationKind<CacheOptions> = {
  kind: 'aws-rest/cache',
  create({ stage, name, key, ttlMs, authorized, otherwise }, deps, { children: [child] }) {
    if (child === undefined) throw new TypeError('a cache needs something to ask');
    const ask = deps.linkDestination(child);
    const open = async (exchange: Exchange): Promise<Answer | Failure> => {
      const anew = asksAnew(exchange);
      // Who signed with the credentials of this machine may do everything.
      const allowed = !authorized || exchange.read(iamCallers) !== undefined;
      if (anew && !allowed && otherwise === 'FAIL_WITH_403') return refuse(fault('forbidden', { reason: 'the caller may not invalidate the cache' }));
      const entries = deps.memory.get(`${exchange.scope}aws-rest:cache:${stage}`, () => new Map<string, Cached>());
      const at = JSON.stringify([name, ...keyOf(key, exchange, deps.random)]);
      const now = (exchange.clock ?? deps.clock).now();
      const known = entries.get(at);
      const fresh = known !== undefined && known.until > now && !(anew && allowed) ? known : undefined;
      exchange.note(fresh === undefined ? 'not answered from the cache' : 'answered from the cache');
      const answer = fresh === undefined ? await asked(exchange, entries, at, now) : ownAnswer(fresh.status, [...fresh.headers], fresh.body);
      if (anew && !allowed && otherwise === 'SUCCEED_WITH_RESPONSE_HEADER' && !('type' in answer)) answer.headers.append('Warning', warning);
      return answer;
    };
    const asked = async (exchange: Exchange, entries: Map<string, Cached>, at: string, now: number): Promise<Answer | Failure> => {
      const answer = await ask(exchange);
      if ('type' in answer || answer.status < 200 || answer.status > 299) return answer;
      const { status, headers } = answer;
      const body = answer.whole ?? (answer.length === 0 ? Buffer.alloc(0) : (await readWhole(answer, 10_485_760)).bytes);
      entries.delete(at);
      if (body.length <= maxBytes) entries.set(at, { until: now + ttlMs, status, headers: headers.raw.slice(), body });
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break;
        entries.delete(oldest);
      }
      return ownAnswer(status, headers.raw.slice(), body);
    };
    return (exchange) => (exchange.method === 'GET' || !name.endsWith(' GET') ? open(exchange) : ask(exchange));
  },
};

function keyOf(key: readonly From[], exchange: Exchange, random: () => number): (readonly string[])[] {
  if (key.length === 0) return [];
  const source = {
    path: exchange.params,
    query: parseQuery(exchange.query),
    headers: seenFields(exchange, random),
    body: '',
    context: new Map(),
    variables: {},
    exactNames: false,
  };
  return key.map((from) => valuesOf(from, source));
}
