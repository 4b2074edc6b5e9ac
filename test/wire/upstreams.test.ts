import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway/create.ts';
import type { Gateway, GatewayOptions } from '../../src/gateway/types.ts';

const start = (upstreams: NonNullable<GatewayOptions['upstreams']>): Promise<Gateway> =>
  createGateway({ config: { routes: [{ match: { path: '/*' }, upstream: 'one:80' }] }, dialect: 'native', upstreams });

describe('an upstream on this machine may be', () => {
  it('an echo, behind everything', async () => {
    await using gateway = await start({ '*': 'echo:' });
    const answer = await (await fetch(`${gateway.url}/a?b=c`, { method: 'POST', body: 'hello' })).json();
    expect(answer).toMatchObject({ method: 'POST', target: '/a?b=c', body: 'hello' });
  });
  it('a fetch handler', async () => {
    await using gateway = await start({ 'one:80': async (request: Request) => Response.json({ got: await request.text() }, { status: 201 }) });
    const answer = await fetch(gateway.url, { method: 'POST', body: 'hello' });
    expect([answer.status, await answer.json()]).toEqual([201, { got: 'hello' }]);
  });
  it('a function that fails, before its answer has begun or after', async () => {
    // Large enough to be on its way before it breaks off.
    const broken = (): ReadableStream => {
      let pieces = 0;
      return new ReadableStream({
        pull: (controller) => ((pieces += 1) > 20 ? controller.error(new Error('no more')) : controller.enqueue(new Uint8Array(500_000))),
      });
    };
    await using gateway = await start({
      'one:80': (request: Request) => {
        if (request.url.endsWith('/throws')) throw new Error('no luck');
        return new Response(broken());
      },
    });
    expect((await fetch(`${gateway.url}/throws`)).status).toBe(500);
    const answer = await fetch(gateway.url);
    await expect(answer.text()).rejects.toThrow();
    expect((await fetch(`${gateway.url}/throws`)).status).toBe(500);
  });
  it('an Express app', async () => {
    const { default: express } = await import('express');
    const app = express();
    app.get('/hello', (_req, res) => void res.json({ from: 'express' }));
    await using gateway = await start({ 'one:80': app });
    expect(await (await fetch(`${gateway.url}/hello`)).json()).toEqual({ from: 'express' });
  });
  it('the options of a proxy middleware', async () => {
    const server = createServer((req, res) => void res.end(`${req.headers.host} ${req.url} ${String(req.headers['x-own'])}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as { port: number }).port}`;
    await using gateway = await start({
      'one:80': { target: `http://${host}`, changeOrigin: true, pathRewrite: { '^/api': '' }, headers: { 'x-own': '1' } },
    });
    expect(await (await fetch(`${gateway.url}/api/orders`)).text()).toBe(`${host} /orders 1`);
    server.close();
    server.closeAllConnections();
  });
});
