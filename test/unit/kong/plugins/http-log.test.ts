import { describe, expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: any;
}
function collector(answer: () => number = () => 200) {
  const got: Got[] = [];
  const target = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    got.push({ method: request.method, path: pathname + search, headers: Object.fromEntries(request.headers), body: await request.json() });
    return new Response(null, { status: answer() });
  };
  return { got, upstreams: { 'logs.internal': target } };
}

describe('http-log', () => {
  it('sends each request at once, as it is told to', async () => {
    const { got, upstreams } = collector();
    await using node = await startWith(
      `[{ name: http-log, config: { http_endpoint: 'http://ann:pw@logs.internal:9000/kong?lost=1', method: PUT, content_type: 'application/json; charset=utf-8', headers: { X-Team: a, content-type: no, Authorization: no } } }]`,
      { upstreams },
    );
    await node.gateway.fetch(asking('/hello'));
    await expect.poll(() => got.length).toBe(1);
    expect(got[0]).toMatchObject({
      method: 'PUT',
      path: '/kong',
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-team': 'a', authorization: `Basic ${btoa('ann:pw')}` },
      body: { request: { uri: '/hello' }, response: { status: 200 } },
    });
  });

  it('collects a batch for as long as the clock allows', async () => {
    const { got, upstreams } = collector();
    await using node = await startWith(
      `[{ name: http-log, config: { http_endpoint: 'http://logs.internal/', queue: { max_batch_size: 2, max_coalescing_delay: 5 } } }]`,
      { upstreams },
    );
    node.gateway.clock.freeze();
    for (const path of ['/1', '/2', '/3']) await node.gateway.fetch(asking(path));
    await expect.poll(() => got.length).toBe(1);
    await node.gateway.clock.advance(4_999);
    expect(got.length).toBe(1);
    await node.gateway.clock.advance(1);
    await expect.poll(() => got.length).toBe(2);
    expect(got.map(({ body }) => body.map((one: any) => one.request.uri))).toEqual([['/1', '/2'], ['/3']]);
  });

  it.each(['queue_size: 2, flush_timeout: 5', 'queue: { max_batch_size: 2, max_coalescing_delay: 5 }'])(
    'sends lists where batches may be longer (%s)',
    async (queue) => {
      const { got, upstreams } = collector();
      await using node = await startWith(`[{ name: http-log, config: { http_endpoint: 'http://logs.internal/', ${queue} } }]`, { upstreams });
      node.gateway.clock.freeze();
      await node.sent();
      await node.gateway.clock.advance(5_000);
      await expect.poll(() => got.length).toBe(1);
      expect(got[0]?.body).toHaveLength(1);
    },
  );

  it('tries again, later each time, until it gives up', async () => {
    let status = 500;
    const { got, upstreams } = collector(() => status);
    await using node = await startWith(
      `[{ name: http-log, config: { http_endpoint: 'http://logs.internal/', queue: { initial_retry_delay: 1, max_retry_time: 6 } } }]`,
      { upstreams },
    );
    node.gateway.clock.freeze();
    const { clock } = node.gateway;
    await node.gateway.fetch(asking('/1'));
    await expect.poll(() => got.length).toBe(1);
    await expect.poll(async () => (await clock.advance(1_000), got.length)).toBe(2);
    status = 200;
    await expect.poll(async () => (await clock.advance(2_000), got.length)).toBe(3);
    await node.gateway.fetch(asking('/2'));
    await expect.poll(() => got.length).toBe(4);
    expect(got.map(({ body }) => body.request.uri)).toEqual(['/1', '/1', '/1', '/2']);
  });

  it('sends at once where nothing is queued', async () => {
    const { got, upstreams } = collector();
    await using node = await startWith(
      `[{ name: http-log, config: { http_endpoint: 'http://logs.internal/', queue: { concurrency_limit: -1, max_batch_size: 5 } } }]`,
      { upstreams },
    );
    node.gateway.clock.freeze();
    await node.sent();
    await expect.poll(() => got.length).toBe(1);
  });

  it('takes a name and password as they stand, and sends nothing where the endpoint is a secret', async () => {
    const { got, upstreams } = collector();
    await using node = await startWith(`[{ name: http-log, config: { http_endpoint: 'http://a%zz:p%40w@logs.internal/' } }]`, { upstreams });
    await node.sent();
    await expect.poll(() => got.length).toBe(1);
    expect(got[0]?.headers['authorization']).toBe(`Basic ${btoa('a%zz:p%40w')}`);
    await using hidden = await startWith(`[{ name: http-log, config: { http_endpoint: '{vault://env/log-server}' } }]`, {
      upstreams: { '*': upstreams['logs.internal'] },
    });
    await hidden.sent();
    expect(got.length).toBe(1);
  });

  it('neither fails nor tells anybody else where the log server is not mapped', async () => {
    await using node = await startWith(`[{ name: http-log, config: { http_endpoint: 'https://logs.example.com/' } }]`);
    expect((await node.gateway.fetch(asking('/'))).status).toBe(200);
    await expect(startWith('[{ name: http-log, config: {} }]')).rejects.toMatchObject({ code: 'DG1203' });
  });

  it('tells nobody while a tape stands for upstreams', async () => {
    const { got, upstreams } = collector();
    await using node = await startWith(`[{ name: http-log, config: { http_endpoint: 'http://logs.internal/' } }]`, {
      upstreams,
      files: { 'empty.har': JSON.stringify({ log: { version: '1.2', creator: { name: 'devgateway', version: '0' }, entries: [] } }) },
      traffic: { mode: 'replay', tapes: 'empty.har' },
    });
    // What the first had told would be there when the second is over.
    await node.gateway.fetch(asking('/1'));
    await node.gateway.fetch(asking('/2'));
    expect(node.gateway.tapes.report().unknown).toHaveLength(2);
    expect(got).toEqual([]);
  });
});
