import { beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/engine/exchange.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import { Fields } from '../../../src/http/fields.ts';
import type { LimitKey } from '../../../src/policies/rate-limit/key.ts';
import type { LimitOptions } from '../../../src/policies/rate-limit/limit.ts';
import { rateLimitFieldsKind } from '../../../src/policies/rate-limit/rate-limit-fields.ts';
import { rateLimitKind } from '../../../src/policies/rate-limit/rate-limit-step.ts';
import { depsWith, request, stepOf, worded, type TestDeps } from './step.ts';

const window = (limit: number, windowMs = 60_000, name = 'w'): LimitOptions => ({ name, algorithm: 'fixed-window', limit, windowMs, from: 'clock' });
let deps: TestDeps;
beforeEach(() => void (deps = depsWith()));
const step = (limits: readonly LimitOptions[], key: LimitKey = { by: 'ip' }, name = 'calls') => stepOf(rateLimitKind, { name, key, limits }, deps);
const outcomes = (run: ReturnType<typeof step>, exchanges: readonly Exchange[]) => exchanges.map((one) => worded(run(one) as never));

/** The fields that the head step adds, by name. */
function fieldsAfter(run: ReturnType<typeof step>, exchange: Exchange, legacy = false): Record<string, string> {
  void run(exchange);
  exchange.response = { status: 200, statusText: undefined, headers: new Fields(), body: MessageBody.of(''), from: 'upstream' };
  void stepOf(rateLimitFieldsKind, { legacy })(exchange);
  return Object.fromEntries(exchange.response.headers);
}

describe('the rate-limit step', () => {
  it('answers at once and refuses what is too much', () => {
    const run = step([window(2)]);
    expect(outcomes(run, [request(), request(), request()])).toEqual(['pass', 'pass', 'rate-limited']);
    expect(run(request())).toMatchObject({ fault: { detail: { limit: 2, remaining: 0, retryAfterMs: 60_000 } } });
  });
  it('begins again with the next window', async () => {
    const run = step([window(1)]);
    void run(request());
    await deps.clock.advance(60_000);
    expect(run(request())).toBeUndefined();
  });
  it.each<[LimitKey, Exchange, Exchange]>([
    [{ by: 'ip' }, request({ address: '10.0.0.1' }), request({ address: '10.0.0.2' })],
    [{ by: 'header', name: 'X-Tenant' }, request({ headers: ['x-tenant', 'a'] }), request({ headers: ['x-tenant', 'b'] })],
  ])('counts by %j', (key, one, another) => expect(outcomes(step([window(1)], key), [one, one, another])).toEqual(['pass', 'rate-limited', 'pass']));
  it('counts by claim, consumer and route', () => {
    const by = (key: LimitKey, set: (exchange: Exchange, value: string) => void) =>
      outcomes(
        step([window(1)], key, key.by),
        ['a', 'a', 'b'].map((value) => {
          const exchange = request();
          set(exchange, value);
          return exchange;
        }),
      );
    const expected = ['pass', 'rate-limited', 'pass'];
    expect(by({ by: 'claim', path: ['org', 'id'] }, (one, id) => void (one.caller.claims = { org: { id } }))).toEqual(expected);
    expect(by({ by: 'consumer' }, (one, id) => void (one.caller.consumer = { id, username: id, customId: '', groups: [] }))).toEqual(expected);
    expect(by({ by: 'route' }, (one, id) => void (one.route = { id } as never))).toEqual(expected);
    expect(by({ by: 'global' }, () => undefined)).toEqual(['pass', 'rate-limited', 'rate-limited']);
  });
  it('opens no door to those who leave the value out or name an address', () => {
    const run = step([window(1)], { by: 'header', name: 'X-Tenant' });
    const named = request({ headers: ['X-Tenant', 'address=127.0.0.1'] });
    expect(outcomes(run, [request(), request(), request({ headers: ['X-Tenant', ''] }), named])).toEqual([
      'pass',
      'rate-limited',
      'rate-limited',
      'pass',
    ]);
    expect(outcomes(step([window(1)], { by: 'claim', path: ['constructor', 'name'] }, 'c'), [request(), request()])).toEqual([
      'pass',
      'rate-limited',
    ]);
  });
  it('keeps scopes apart', () => {
    expect(outcomes(step([window(1)]), [request({ scope: 'a/' }), request({ scope: 'b/' }), request({ scope: 'a/' })])).toEqual([
      'pass',
      'pass',
      'rate-limited',
    ]);
  });
  it('keeps its counts when a number changes, and not when the algorithm does', () => {
    void step([window(5)])(request());
    expect(outcomes(step([window(2)]), [request(), request()])).toEqual(['pass', 'rate-limited']);
    const bucket: LimitOptions = { name: 'w', algorithm: 'token-bucket', burst: 1, rate: 1, perMs: 1000 };
    expect(outcomes(step([bucket]), [request(), request()])).toEqual(['pass', 'rate-limited']);
  });
  it('keeps steps of one name apart that count in other periods', async () => {
    const [second, minute] = [step([window(2, 1000)]), step([window(3, 60_000)])];
    const both = () => worded((second(request()) ?? minute(request())) as never);
    expect([both(), both()]).toEqual(['pass', 'pass']);
    await deps.clock.advance(1000);
    expect([both(), both()]).toEqual(['pass', 'rate-limited']);
  });
  it('counts nothing in one limit that another refuses', async () => {
    const run = step([window(1, 1000, 's'), window(2, 60_000, 'm')]);
    expect(outcomes(run, [request(), request(), request()])).toEqual(['pass', 'rate-limited', 'rate-limited']);
    await deps.clock.advance(1000);
    expect(outcomes(run, [request()])).toEqual(['pass']);
    await deps.clock.advance(1000);
    expect(run(request())).toMatchObject({ fault: { detail: { limit: 2, retryAfterMs: 58_000 } } });
  });
  it('works with a store that answers later', async () => {
    const { store } = deps;
    const later = stepOf(
      rateLimitKind,
      { name: 'n', key: { by: 'ip' }, limits: [window(1, 1000, 'a'), window(5, 1000, 'b')] },
      { ...deps, store: { update: async (...all) => store.update(...all) } },
    );
    expect([worded(await later(request())), worded(await later(request()))]).toEqual(['pass', 'rate-limited']);
  });
  it.each([[{ ...window(1), windowMs: 0 }], [{ name: 'q', algorithm: 'token-bucket', burst: 1, rate: Number.NaN, perMs: 1 }]] as [LimitOptions][])(
    'refuses %j',
    (limit) => {
      expect(() => step([limit])).toThrow(/DG1203/);
    },
  );
});

describe('the rate-limit-fields step', () => {
  it('tells what is left', () => {
    expect(fieldsAfter(step([window(100)]), request())).toEqual({ 'RateLimit-Policy': '"calls";q=100;w=60', RateLimit: '"calls";r=99;t=60' });
  });
  it('tells every policy and the tightest allowance', () => {
    const quota: LimitOptions = { name: 'month', algorithm: 'quota', limit: 3, per: 'month', offsetDays: 0 };
    expect(fieldsAfter(step([window(100), quota]), request())).toMatchObject({
      'RateLimit-Policy': '"calls.w";q=100;w=60, "calls.month";q=3',
      RateLimit: '"calls.month";r=2;t=2678400',
    });
  });
  it('tells when to come back after a refusal', () => {
    const run = step([{ name: 'b', algorithm: 'token-bucket', burst: 1, rate: 1, perMs: 1500 }]);
    void run(request());
    expect(fieldsAfter(run, request(), true)).toEqual({
      'RateLimit-Policy': '"calls";q=1;w=2',
      RateLimit: '"calls";r=0;t=2',
      'X-RateLimit-Limit': '1',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': '2',
      'Retry-After': '2',
    });
  });
  it('joins several steps of a request', () => {
    const exchange = request();
    void step([window(9)], { by: 'global' }, 'all')(exchange);
    expect(fieldsAfter(step([window(3)]), exchange)).toEqual({
      'RateLimit-Policy': '"all";q=9;w=60, "calls";q=3;w=60',
      RateLimit: '"calls";r=2;t=60',
    });
  });
  it('is silent where nothing was limited', () => expect(fieldsAfter(() => undefined, request())).toEqual({}));
  it('escapes names', () => expect(fieldsAfter(step([window(1)], { by: 'ip' }, 'a"\\é'), request())['RateLimit']).toBe('"a\\"\\\\?";r=0;t=60'));
});
