import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ask, counted, named, poolConfig, refused, startPool } from './balancer-start.ts';

const two = "targets: [{ target: 'a.internal:8001' }, { target: 'b.internal:8002' }]";

describe('the targets of an upstream', () => {
  it('are asked in turn by weight; none of weight 0, and what is said last of one holds', async () => {
    const targets = `targets: [{ target: 'a.internal', weight: 10 }, { target: 'b.internal:8002', weight: 99 }, { target: 'c.internal:8003', weight: 0 }]`;
    const more = "targets: [{ target: 'b.internal:8002', weight: 30, upstream: pool }]";
    await using pool = await startPool(targets, { 'a.internal:8000': named('a'), 'b.internal': named('b'), 'c.internal': named('c') }, { more });
    expect(counted(await ask(pool.gateway, 40))).toEqual({ a: 10, b: 30 });
  });

  it.each([
    ['no targets', 'targets: []'],
    ['only such of weight 0', "targets: [{ target: 'a.internal:8001', weight: 0 }]"],
    ['a threshold that nothing is above', `${two}, healthchecks: { threshold: 100 }`],
  ])('%s: Kong has nobody to ask', async (_, upstream) => {
    await using pool = await startPool(upstream, { '*': named('a') });
    const answer = await pool.gateway.fetch('/');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ message: 'failure to get a peer from the ring-balancer' });
  });

  it('whose names are not known are as if they were not there', async () => {
    await using pool = await startPool("targets: [{ target: 'a.invalid:80' }, { target: 'b.internal:8002' }]", { 'b.internal': named('b') });
    expect(await ask(pool.gateway, 3)).toEqual(['b', 'b', 'b']);
    await using none = await startPool("targets: [{ target: 'a.invalid:80' }]", {});
    expect(await (await none.gateway.fetch('/')).json()).toMatchObject({ message: 'failure to get a peer from the ring-balancer' });
  });

  it('whose names are not known take a body that was not read first with them', async () => {
    const targets = "targets: [{ target: 'a.invalid:80' }, { target: 'b.internal:8002' }]";
    await using pool = await startPool(targets, { 'b.internal': named('b') }, { route: 'paths: [/], request_buffering: false' });
    const answer = await pool.gateway.fetch(new Request('http://localhost/', { method: 'PUT', body: 'hello' }));
    expect(await answer.json()).toMatchObject({ message: 'name resolution failed' });
  });

  it('are all at one address where the name of the upstream is mapped', async () => {
    await using pool = await startPool(two, { pool: named('mine') });
    expect(await ask(pool.gateway, 4)).toEqual(['mine', 'mine', 'mine', 'mine']);
  });

  it('are asked from the start where a reload has changed them', async () => {
    await using pool = await startPool(two, { 'a.internal': named('a'), 'b.internal': named('b'), 'c.internal': named('c') });
    expect(counted(await ask(pool.gateway, 3))).toEqual({ a: 2, b: 1 });
    writeFileSync(pool.file, poolConfig("targets: [{ target: 'a.internal:8001' }, { target: 'c.internal:8003' }]"));
    await pool.gateway.reload();
    expect(counted(await ask(pool.gateway, 4))).toEqual({ a: 2, c: 2 });
  });
});

describe('a try that fails', () => {
  const upstreams = { 'a.internal': refused, 'b.internal': named('b') };

  it('is followed by another target, which is told its own host', async () => {
    await using pool = await startPool(two, upstreams);
    const answers = [await pool.gateway.fetch('/'), await pool.gateway.fetch('/')];
    for (const answer of answers) expect(await answer.json()).toMatchObject({ name: 'b', host: 'b.internal:8002' });
  });

  it('keeps the host of the client with preserve_host', async () => {
    await using pool = await startPool(two, upstreams, { route: 'paths: [/], preserve_host: true' });
    expect(await (await pool.gateway.fetch('/')).json()).toMatchObject({ name: 'b', host: 'localhost' });
  });

  it('sends the body again', async () => {
    await using pool = await startPool(two, upstreams);
    const request = new Request('http://localhost/', { method: 'POST', body: 'hello' });
    expect(await (await pool.gateway.fetch(request)).json()).toMatchObject({ name: 'b', body: 'hello', length: '5' });
  });

  it('is the answer where a body was not read first, or there are no retries', async () => {
    await using unbuffered = await startPool(two, upstreams, { route: 'paths: [/], request_buffering: false' });
    expect(await ask(unbuffered.gateway, 1, new Request('http://localhost/', { method: 'PUT', body: 'hello' }))).toEqual(['502']);
    await using once = await startPool(two, upstreams, { service: 'retries: 0' });
    expect(await ask(once.gateway, 2)).toEqual(['502', 'b']);
  });

  it('counts up to the retries of the service', async () => {
    await using pool = await startPool("targets: [{ target: 'a.internal:8001' }]", { 'a.internal': named('a') }, { service: 'retries: 2' });
    pool.gateway.fault('a.internal', { reset: true, times: 2 });
    expect(await ask(pool.gateway, 1)).toEqual(['a']);
    pool.gateway.fault('a.internal', { reset: true, times: 3 });
    expect(await ask(pool.gateway, 1)).toEqual(['502']);
  });

  it.each([
    ['POST', '502'],
    ['PATCH', '502'],
    ['PUT', 'a'],
  ])('of %s is not repeated once it was sent: %s', async (method, answer) => {
    await using pool = await startPool("targets: [{ target: 'a.internal:8001' }]", { 'a.internal': named('a') });
    pool.gateway.fault('a.internal', { reset: true, times: 1 });
    expect(await ask(pool.gateway, 1, new Request('http://localhost/', { method }))).toEqual([answer]);
  });

  it('is one of any status neither: that is an answer', async () => {
    await using pool = await startPool(two, { 'a.internal': () => new Response('', { status: 503 }), 'b.internal': named('b') });
    expect(await ask(pool.gateway, 2)).toEqual(['503', 'b']);
  });

  it('may also be one that takes too long', async () => {
    await using pool = await startPool(two, { 'a.internal': named('a'), 'b.internal': named('b') }, { service: 'read_timeout: 500' });
    pool.gateway.clock.freeze();
    pool.gateway.fault('a.internal', { delayMs: 4_000, times: 1 });
    const answer = pool.gateway.fetch('/');
    await new Promise((resolve) => setImmediate(resolve));
    await pool.gateway.clock.advance(500);
    expect(await (await answer).json()).toMatchObject({ name: 'b', host: 'b.internal:8002' });
  });

  it('is repeated for a service without an upstream entity too', async () => {
    const more = 'routes: [{ name: plain, hosts: [plain], paths: [/], service: plain }]';
    await using pool = await startPool(
      two,
      { 'plain.internal': named('plain') },
      { more, service: 'retries: 5 }, { name: plain, host: plain.internal, retries: 1' },
    );
    pool.gateway.fault('plain.internal', { reset: true, times: 1 });
    expect(await ask(pool.gateway, 1, new Request('http://plain/', { headers: { host: 'plain' } }))).toEqual(['plain']);
    pool.gateway.fault('plain.internal', { reset: true, times: 2 });
    expect(await ask(pool.gateway, 1, new Request('http://plain/', { headers: { host: 'plain' } }))).toEqual(['502']);
  });
});
