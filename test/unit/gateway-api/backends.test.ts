import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/dialects/gateway-api/duration.ts';
import { answer, noConnection, ruleOf } from './rule.ts';

const counts = (asked: readonly { upstream: string }[]): Record<string, number> => {
  const of: Record<string, number> = {};
  for (const { upstream } of asked) of[upstream] = (of[upstream] ?? 0) + 1;
  return of;
};

describe('weights', () => {
  it('are exact in every turn', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, weight: 7 }, { name: b, weight: 3 }, { name: c, weight: 0 }]');
    for (let at = 0; at < 20; at += 1) await rule.send();
    expect(counts(rule.asked)).toEqual({ 'shop/a:80': 14, 'shop/b:80': 6 });
  });

  it('are 1 where none is said', async () => {
    const rule = ruleOf('backendRefs: [{ name: a }, { name: b, weight: 1 }]');
    for (let at = 0; at < 4; at += 1) await rule.send();
    expect(counts(rule.asked)).toEqual({ 'shop/a:80': 2, 'shop/b:80': 2 });
  });

  it('a reference that leads nowhere answers 500 in its share', async () => {
    const rule = ruleOf('backendRefs: [{ name: gone }, { name: a }]');
    const statuses = [];
    for (let at = 0; at < 4; at += 1) statuses.push((await rule.send()).status);
    expect(statuses.sort((a, b) => a - b)).toEqual([200, 200, 500, 500]);
    expect(rule.ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1205', severity: 'warning' })]);
  });

  it.each(['backendRefs: []', 'name: none', 'backendRefs: [{ name: a, weight: 0 }]'])('%s: 500', async (settings) => {
    const rule = ruleOf(settings);
    expect((await rule.send()).status).toBe(500);
    expect(rule.asked).toEqual([]);
  });
});

describe('filters of a backend', () => {
  it('act on its own requests alone', async () => {
    const filter = '{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: Backend, value: a }] } }';
    const rule = ruleOf(`backendRefs: [{ name: a, filters: [${filter}] }, { name: b }]`);
    await rule.send();
    await rule.send();
    expect(rule.asked.map(({ upstream, headers }) => [upstream, headers.get('backend')])).toEqual([
      ['shop/a:80', 'a'],
      ['shop/b:80', undefined],
    ]);
  });

  it('may redirect', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, filters: [{ type: RequestRedirect, requestRedirect: { hostname: b.test } }] }]');
    const sent = await rule.send('/x');
    expect([sent.status, sent.headers.get('location'), rule.asked]).toEqual([302, 'http://b.test/x', []]);
  });

  it('that are not known answer 500', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, filters: [{ type: Magic }] }]');
    expect([(await rule.send()).status, rule.asked]).toEqual([500, []]);
  });
});

it('h2c is spoken where the port says so', async () => {
  const rule = ruleOf('backendRefs: [{ name: h2 }]');
  await rule.send();
  expect(rule.asked[0]!.options).toMatchObject({
    httpVersion: '2',
    url: 'http://h2.shop.svc.cluster.local:80',
    names: ['shop/h2:80', 'shop/h2', 'h2.shop:80', 'h2.shop.svc.cluster.local:80'],
  });
});

describe('retries', () => {
  const answering = (...statuses: number[]) => ({ answer: () => answer(statuses.shift() ?? 200) });

  it.each([
    ['{ codes: [500], attempts: 2 }', [500, 500], 200, 3],
    ['{ codes: [500], attempts: 1 }', [500, 500], 500, 2],
    ['{ codes: [500], attempts: 3 }', [503], 503, 1],
    ['{ codes: [500], attempts: 0 }', [500], 500, 1],
    ['{ codes: [500] }', [500], 200, 2],
    ['{ attempts: 3 }', [500], 500, 1],
  ])('%s after %j: %i in %i tries', async (retry, statuses, status, tries) => {
    const rule = ruleOf(`retry: ${retry}\nbackendRefs: [{ name: a }]`, answering(...statuses));
    expect((await rule.send('/', { method: 'POST', body: 'x' })).status).toBe(status);
    expect(rule.asked.map(({ body }) => body)).toEqual(Array.from({ length: tries }, () => 'x'));
  });

  it('connection errors are tried again without any code', async () => {
    let tries = 0;
    const rule = ruleOf('retry: { attempts: 3 }\nbackendRefs: [{ name: a }]', { answer: () => ((tries += 1) < 3 ? noConnection : answer(200)) });
    expect((await rule.send()).status).toBe(200);
    expect(rule.asked).toHaveLength(3);
  });

  it('wait between tries', async () => {
    const rule = ruleOf('retry: { codes: [500], backoff: 100ms }\nbackendRefs: [{ name: a }]', answering(500));
    const sending = rule.send();
    await rule.clock.advance(0);
    await rule.clock.advance(99);
    expect(rule.asked).toHaveLength(1);
    await rule.clock.advance(1);
    expect([(await sending).status, rule.asked.length]).toEqual([200, 2]);
  });
});

describe('time-outs', () => {
  const slow = { answer: async (_: unknown, clock: { sleep(ms: number): Promise<void> }) => (await clock.sleep(300), answer(500)) };

  it('end the whole request, and nothing more is tried', async () => {
    const rule = ruleOf('timeouts: { request: 500ms }\nretry: { codes: [500], attempts: 5 }\nbackendRefs: [{ name: a }]', slow);
    const sending = rule.send();
    await rule.clock.advance(0);
    await rule.clock.advance(500);
    expect((await sending).status).toBe(504);
    await rule.clock.advance(5000);
    expect(rule.asked).toHaveLength(2);
  });

  it.each([
    ['{ backendRequest: 200ms, request: 1s }', 200],
    ['{ request: 1s }', 1000],
    ['{ backendRequest: 0s }', 0],
    ['{ request: 0s }', 0],
    ['{ backendRequest: 0s, request: 1s }', 1000],
    ['{}', 60_000],
  ])('%s: %i ms for a try', async (timeouts, ms) => {
    const rule = ruleOf(`timeouts: ${timeouts}\nbackendRefs: [{ name: a }]`);
    await rule.send();
    expect(rule.asked[0]!.options.responseTimeoutMs).toBe(ms);
    expect(rule.clock.waiting).toBe(0);
  });

  it.each([
    ['HTTPRoute', 60_000],
    ['GRPCRoute', 300_000],
  ] as const)('of a stream that is quiet: 5 minutes; before a %s is answered, %i ms', async (kind, ms) => {
    const rule = ruleOf('backendRefs: [{ name: a }]', { kind });
    await rule.send();
    expect(rule.asked[0]!.options).toMatchObject({ responseTimeoutMs: ms, idleTimeoutMs: 300_000 });
  });

  it.each([
    ['500ms', 500],
    ['1m30s', 90_000],
    ['0s', 0],
    ['1h', 3_600_000],
    ['10', undefined],
    ['1.5s', undefined],
    ['', undefined],
    ['123456s', undefined],
  ])('the duration %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it('that are none are refused', () => {
    expect(ruleOf('timeouts: { request: soon }').ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1203' })]);
  });
});

it('time-outs and tries are for HTTPRoutes: what stands of them in a GRPCRoute is dropped, as the API server does it', async () => {
  const yaml = 'timeouts: { request: 1s, backendRequest: 500ms }\nretry: { codes: [503], attempts: 2 }\nbackendRefs: [{ name: a }]';
  const [http, grpc] = (['HTTPRoute', 'GRPCRoute'] as const).map((kind) => ruleOf(yaml, { kind, answer: () => answer(503) }));
  await http!.send();
  await grpc!.send();
  expect([http!.asked.length, grpc!.asked.length]).toEqual([3, 1]);
  expect(http!.asked[0]?.options.responseTimeoutMs).toBe(500);
  expect(grpc!.asked[0]?.options.responseTimeoutMs).toBe(300_000);
});
