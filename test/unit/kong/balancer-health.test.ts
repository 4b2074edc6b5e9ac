import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TargetHealth, type HealthLimits, type Outcome } from '../../../src/dialects/kong/balancer/health.ts';
import { ask, counted, named, poolConfig, refused, startPool } from './balancer-start.ts';

const limits: HealthLimits = { healthyStatuses: [200], unhealthyStatuses: [500], successes: 2, httpFailures: 3, tcpFailures: 2, timeouts: 1 };
const after = (outcomes: readonly Outcome[], by: HealthLimits = limits, health = new TargetHealth()): boolean => {
  for (const one of outcomes) health.report(one, by);
  return health.isUp;
};

describe('the health of a target', () => {
  it.each<[Outcome[], boolean]>([
    [[500, 500], true],
    [[500, 500, 500], false],
    [['tcp', 'tcp'], false],
    [['timeout'], false],
    [[0, 0, 0], false],
    [[404, 404, 404], true],
    [['tcp', 500, 500, 'tcp'], false],
    // A success forgets the failures.
    [[500, 500, 200, 500, 500], true],
    [['timeout', 200], false],
    [['timeout', 200, 200], true],
    // A failure forgets the successes.
    [['timeout', 200, 'tcp', 200], false],
    [['timeout', 200, 'tcp', 200, 200], true],
  ])('after %j is up: %j', (outcomes, up) => {
    expect(after(outcomes)).toBe(up);
  });

  it('keeps its failures where successes are not counted', () => {
    expect(after([500, 500, 200, 500], { ...limits, successes: 0 })).toBe(false);
  });

  it('counts nothing where a limit is 0', () => {
    expect(after(['timeout', 'timeout'], { ...limits, timeouts: 0 })).toBe(true);
  });
});

const two = "targets: [{ target: 'a.internal:8001' }, { target: 'b.internal:8002' }]";
const passive = (more: string): string => `${two}, healthchecks: { passive: { ${more} } }`;
const failing = (status: number) => (): Response => new Response('', { status });

describe('passive checks', () => {
  it('leave a target alone whose statuses were bad, over a reload, for each scope by itself, until a reset', async () => {
    const upstream = passive('unhealthy: { http_failures: 2, http_statuses: [418] }');
    await using pool = await startPool(upstream, { 'a.internal': failing(418), 'b.internal': named('b') });
    expect(counted(await ask(pool.gateway, 6))).toEqual({ '418': 2, b: 4 });
    expect(counted(await ask(pool.gateway, 2, '/', { scope: 'other' }))).toEqual({ '418': 1, b: 1 });
    writeFileSync(pool.file, poolConfig(upstream.replace('8002', '8003')));
    await pool.gateway.reload();
    expect(counted(await ask(pool.gateway, 3))).toEqual({ b: 3 });
    await pool.gateway.reset();
    expect(counted(await ask(pool.gateway, 2))).toEqual({ '418': 1, b: 1 });
  });

  it('count a failed connection that was followed by another try', async () => {
    await using pool = await startPool(passive('unhealthy: { tcp_failures: 1 }'), { 'a.internal': refused, 'b.internal': named('b') });
    expect(await ask(pool.gateway, 1)).toEqual(['b']);
    pool.gateway.override('a.internal', named('a'));
    expect(counted(await ask(pool.gateway, 4))).toEqual({ b: 4 });
  });

  it('count the last try by its status: 502 is none of those that Kong looks for', async () => {
    await using pool = await startPool(
      passive('unhealthy: { tcp_failures: 1 }'),
      { 'a.internal': refused, 'b.internal': refused },
      { service: 'retries: 0' },
    );
    expect(await ask(pool.gateway, 4)).toEqual(['502', '502', '502', '502']);
  });

  it('where all are ill in the middle of a request, nginx answers; for the next one Kong does', async () => {
    await using pool = await startPool(passive('unhealthy: { tcp_failures: 1 }'), { 'a.internal': refused, 'b.internal': refused });
    const said = await (await pool.gateway.fetch('/')).text();
    expect(said).toContain('The upstream server is currently unavailable');
    expect(await (await pool.gateway.fetch('/')).json()).toMatchObject({ message: 'failure to get a peer from the ring-balancer' });
  });

  it('count time-outs', async () => {
    await using pool = await startPool(
      passive('unhealthy: { timeouts: 1 }'),
      { 'a.internal': named('a'), 'b.internal': named('b') },
      { service: 'retries: 0, read_timeout: 500' },
    );
    pool.gateway.clock.freeze();
    pool.gateway.fault('a.internal', { delayMs: 4_000, times: 1 });
    const answer = pool.gateway.fetch('/');
    await new Promise((resolve) => setImmediate(resolve));
    await pool.gateway.clock.advance(500);
    expect((await answer).status).toBe(504);
    expect(counted(await ask(pool.gateway, 3))).toEqual({ b: 3 });
  });

  it('turn to those that stand in where the others are ill', async () => {
    const upstream = passive('unhealthy: { http_failures: 1 }').replace("8002'", "8002', failover: true");
    await using pool = await startPool(upstream, { 'a.internal': failing(500), 'b.internal': named('b') });
    expect(await ask(pool.gateway, 3)).toEqual(['500', 'b', 'b']);
  });

  it('leave the whole alone below the threshold', async () => {
    const upstream = `${two}, healthchecks: { threshold: 50, passive: { unhealthy: { http_failures: 1 } } }`;
    await using pool = await startPool(upstream, { 'a.internal': failing(500), 'b.internal': named('b') });
    expect(await ask(pool.gateway, 3)).toEqual(['500', '503', '503']);
  });
});

describe('active checks', () => {
  const active = (more: string): string => `${two}, healthchecks: { active: { ${more} } }`;
  const seen: string[] = [];
  const target = (name: string, state: { status: number }) => async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname !== '/health') return named(name)(request);
    seen.push(`${name} ${request.headers.get('host')} ${request.headers.get('x-probe')}`);
    return new Response('', { status: state.status });
  };
  /** Time enough for a request to loopback, if one were sent. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it('look at the ill and at the well, each at its own times', async () => {
    seen.length = 0;
    const a = { status: 200 };
    const upstream = active(
      `http_path: /health, headers: { X-Probe: ['yes'] }, healthy: { interval: 5, successes: 2 }, unhealthy: { interval: 1, http_failures: 2 }`,
    );
    await using pool = await startPool(upstream, { 'a.internal': target('a', a), 'b.internal': target('b', { status: 200 }) });
    const { clock } = pool.gateway;
    clock.freeze();
    expect(counted(await ask(pool.gateway, 2))).toEqual({ a: 1, b: 1 });
    await clock.advance(4_999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    expect(counted(await ask(pool.gateway, 2))).toEqual({ a: 1, b: 1 });
    expect(seen.sort()).toEqual(['a a.internal yes', 'b b.internal yes']);
    a.status = 500;
    await clock.advance(5_000);
    // One is not enough.
    expect(counted(await ask(pool.gateway, 2))).toEqual({ a: 1, b: 1 });
    await clock.advance(5_000);
    expect(counted(await ask(pool.gateway, 4))).toEqual({ b: 4 });
    a.status = 200;
    await clock.advance(1_000);
    expect(counted(await ask(pool.gateway, 4))).toEqual({ b: 4 });
    await clock.advance(1_000);
    expect(counted(await ask(pool.gateway, 4))).toEqual({ a: 2, b: 2 });
  });

  it('count connections that fail and probes that take too long', async () => {
    const upstream = active('http_path: /health, timeout: 1, healthy: { interval: 5 }, unhealthy: { tcp_failures: 1, timeouts: 1 }');
    await using pool = await startPool(upstream, { 'a.internal': named('a'), 'b.internal': named('b') });
    const { clock } = pool.gateway;
    clock.freeze();
    await ask(pool.gateway, 1);
    pool.gateway.fault('a.internal', { reset: true, times: 1 });
    pool.gateway.fault('b.internal', { delayMs: 60_000, times: 1 });
    await clock.advance(5_000);
    await clock.advance(1_000);
    expect(await ask(pool.gateway, 1)).toEqual(['503']);
  });

  it('are the same for two services over one upstream', async () => {
    seen.length = 0;
    const upstream = "targets: [{ target: 'a.internal:80' }], healthchecks: { active: { http_path: /health, healthy: { interval: 60 } } }";
    const service = 'protocol: https, routes: [{ name: o, hosts: [other], paths: [/] }] }, { name: s2, host: pool';
    await using pool = await startPool(upstream, { 'a.internal': target('a', { status: 200 }) }, { service });
    pool.gateway.clock.freeze();
    for (let at = 0; at < 3; at += 1) {
      await ask(pool.gateway, 1);
      await ask(pool.gateway, 1, new Request('http://other/', { headers: { host: 'other' } }));
      await pool.gateway.clock.advance(20_000);
    }
    await ask(pool.gateway, 1);
    expect(seen.length).toBe(1);
  });

  it('do not judge by what a tape does not know', async () => {
    const upstream = active('http_path: /health, healthy: { interval: 5 }, unhealthy: { http_failures: 1 }');
    const untaped = (request: Request): Response | Promise<Response> =>
      request.url.endsWith('/health') ? new Response('', { status: 501, headers: { 'devgateway-tape': 'unknown' } }) : named('a')(request);
    await using pool = await startPool(upstream, { '*': untaped });
    pool.gateway.clock.freeze();
    await ask(pool.gateway, 1);
    await pool.gateway.clock.advance(5_000);
    expect(await ask(pool.gateway, 1)).toEqual(['a']);
  });

  it('rest while nobody asks for the upstream, and look at once when somebody does; a reset ends them', async () => {
    seen.length = 0;
    const upstream = active('http_path: /health, healthy: { interval: 60 }');
    await using pool = await startPool(upstream, { 'a.internal': target('a', { status: 200 }), 'b.internal': target('b', { status: 200 }) });
    const { clock } = pool.gateway;
    clock.freeze();
    await ask(pool.gateway, 1);
    await clock.advance(24 * 3_600_000);
    await ask(pool.gateway, 1);
    expect(seen.length).toBe(2 * 10);
    await pool.gateway.reset();
    clock.freeze();
    await clock.advance(60_000);
    await settled();
    expect(seen.length).toBe(2 * 10);
  });

  it('are those of the new settings after a reload', async () => {
    seen.length = 0;
    const upstream = active('http_path: /health, healthy: { interval: 60 }');
    await using pool = await startPool(upstream, { 'a.internal': target('a', { status: 200 }), 'b.internal': target('b', { status: 200 }) });
    pool.gateway.clock.freeze();
    await ask(pool.gateway, 1);
    writeFileSync(pool.file, poolConfig(upstream.replace('interval: 60', 'interval: 50')));
    await pool.gateway.reload();
    await ask(pool.gateway, 1);
    await pool.gateway.clock.advance(60_000);
    await settled();
    expect(seen.length).toBe(2);
  });
});
