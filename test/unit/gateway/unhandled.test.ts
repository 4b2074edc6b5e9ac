import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { onUnhandled } from '../../../src/gateway/unhandled.ts';
import { createGateway, type Gateway, type UnhandledError, type UpstreamTarget } from '../../../src/index.ts';
import { failOnUnhandled } from '../../../src/testing/fail-on-unhandled.ts';

const start = (target: UpstreamTarget, onError?: (one: UnhandledError) => void): Promise<Gateway> =>
  createGateway({
    config: { routes: [{ match: { path: '/*' }, upstream: 'orders:80' }] },
    upstreams: { 'orders:80': target },
    ...(onError === undefined ? {} : { onError }),
  });
const boom = new Error('boom');
const throwing: readonly (readonly [string, UpstreamTarget])[] = [
  ['a fetch handler', () => Promise.reject(boom)],
  [
    'a node listener',
    (_req, _res) => {
      throw boom;
    },
  ],
  ['a node listener that is async', async (_req, _res) => Promise.reject(boom)],
];

describe('what an upstream function throws', () => {
  it.each(throwing)('is kept, and answered as a failure: %s', async (_, target) => {
    const told: UnhandledError[] = [];
    await using gateway = await start(target, (one) => void told.push(one));
    const answer = await gateway.fetch('/orders/7?a=b');
    expect([answer.status, await answer.text()]).toEqual([500, 'the upstream function failed: boom\n']);
    expect(gateway.errors).toEqual([{ error: boom, upstream: 'orders:80', request: 'GET /orders/7?a=b' }]);
    expect(told).toEqual(gateway.errors);
    await gateway.reset();
    expect(gateway.errors).toHaveLength(1);
  });

  it('in the middle of a body is kept too', async () => {
    let fail!: () => void;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('begun'));
        fail = () => controller.error(boom);
      },
    });
    await using gateway = await start(() => new Response(body));
    const answer = await fetch(gateway.url);
    fail();
    await expect(answer.text()).rejects.toThrow(TypeError);
    expect(gateway.errors).toEqual([{ error: boom, upstream: 'orders:80', request: 'GET /' }]);
  });

  it('in an override is kept, and what is no Error too', async () => {
    await using gateway = await start(() => new Response('fine'));
    gateway.override('orders:80', () => Promise.reject('no Error')); // oxlint-disable-line prefer-promise-reject-errors
    expect((await gateway.fetch('/')).status).toBe(500);
    expect(gateway.errors.map(({ error }) => error)).toEqual(['no Error']);
  });

  it('is not what a caller breaks off', async () => {
    let begin!: () => void;
    let end!: () => void;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const over = new Promise<void>((resolve) => (end = resolve));
    await using gateway = await start(async (request: Request) => {
      begin();
      try {
        return new Response(await request.text());
      } finally {
        // After all that is said of the end.
        setImmediate(end);
      }
    });
    const caller = new AbortController();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('half')) });
    const init = { method: 'POST', body, duplex: 'half', signal: caller.signal };
    const asked = fetch(gateway.url, init as RequestInit).catch(() => {});
    await begun;
    caller.abort();
    await Promise.all([over, asked]);
    expect(gateway.errors).toEqual([]);
  });

  it('is bounded', async () => {
    await using gateway = await start(() => Promise.reject(boom));
    for (let at = 0; at < 101; at += 1) await gateway.fetch(`/${at}`);
    expect([gateway.errors.length, gateway.errors[0]?.request]).toEqual([100, 'GET /1']);
  });

  it('as a function:NAME is kept, and answered as production does', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-unhandled-'));
    const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders/invocations';
    const get = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
    writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: {}, paths: { '/a': { get } } }));
    const upstreams = { 'function:orders': () => Promise.reject(boom) };
    await using gateway = await createGateway({ config: 'openapi.json', folder, stage: 'dev', upstreams });
    expect((await gateway.fetch('/dev/a')).status).toBe(502);
    expect(gateway.errors).toEqual([{ error: boom, upstream: 'function:orders', request: '' }]);
    rmSync(folder, { recursive: true });
  });
});

describe('the hooks of a suite', () => {
  /** A runner whose hooks are run by hand. */
  const suite = (): { afterEach: () => void; afterAll: () => void } => {
    const hooks: { afterEach?: () => void; afterAll?: () => void } = {};
    failOnUnhandled({ afterEach: (act) => void (hooks.afterEach = act), afterAll: (act) => void (hooks.afterAll = act) });
    return hooks as { afterEach: () => void; afterAll: () => void };
  };

  it('fail the test whose functions threw, once, naming upstream, request and cause', async () => {
    const { afterEach, afterAll } = suite();
    await using gateway = await start(() => Promise.reject(boom));
    await gateway.fetch('/orders');
    expect(afterEach).toThrow(expect.objectContaining({ message: expect.stringContaining('orders:80, GET /orders: Error: boom'), cause: boom }));
    expect(afterEach).not.toThrow();
    expect(afterAll).not.toThrow();
  });

  it('leave a test alone that has taken what it expects', async () => {
    const { afterEach, afterAll } = suite();
    await using gateway = await start(() => Promise.reject(boom));
    await gateway.fetch('/orders');
    expect(gateway.errors.splice(0)).toHaveLength(1);
    expect(afterEach).not.toThrow();
    afterAll();
  });

  it('fail for what came after the last test, and hear nothing of the next file', async () => {
    const { afterEach, afterAll } = suite();
    await using gateway = await start(() => Promise.reject(boom));
    await gateway.fetch('/orders');
    expect(afterAll).toThrow(/boom/);
    await gateway.fetch('/orders');
    expect(afterEach).not.toThrow();
  });

  it('can be left', async () => {
    const heard: unknown[] = [];
    const stop = onUnhandled((errors) => void heard.push(errors));
    stop();
    await using gateway = await start(() => Promise.reject(boom));
    await gateway.fetch('/orders');
    expect(heard).toEqual([]);
  });
});
