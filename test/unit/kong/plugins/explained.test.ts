import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

it('writes, counts and asks nothing where a request is only explained', async () => {
  const asked: string[] = [];
  const hear = (request: Request): Response => {
    asked.push(request.url);
    return new Response(null, { status: 202 });
  };
  const upstreams = { 'logs.internal': hear, 'app.azurewebsites.net': hear, 'function:f': () => asked.push('f') };
  await using node = await startWith(
    (folder) =>
      `[{ name: file-log, config: { path: ${folder}/kong.log } }, { name: http-log, config: { http_endpoint: 'http://logs.internal/' } },
        { name: zipkin, config: { http_endpoint: 'http://logs.internal/', sample_ratio: 1 } }, { name: prometheus, config: { status_code_metrics: true } },
        { name: aws-lambda, route: l, config: { function_name: f } }, { name: azure-functions, route: z, config: { appname: app, functionname: f } }]`,
    { upstreams, rest: 'routes: [{ name: l, paths: [/l] }, { name: z, paths: [/z] }]\n' },
  );
  const told: string[] = [];
  for (const target of ['/', '/l', '/z']) {
    const { status, decisions } = await node.gateway.explain(asking(target));
    expect(status).toBe(200);
    told.push(...decisions.map((one) => JSON.stringify(one)));
  }
  expect(told.some((one) => one.includes('asks the function f'))).toBe(true);
  expect(told.some((one) => one.includes('asks https://app.azurewebsites.net/api/f'))).toBe(true);
  const metrics = await (await fetch(`${node.gateway.urlFor({ port: 8007 })}/metrics`)).text();
  expect(metrics).not.toContain('kong_http_requests_total');
  expect([asked, existsSync(path.join(node.folder, 'kong.log'))]).toEqual([[], false]);
});

it('has a verdict for a configuration that is empty', async () => {
  await using node = await startWith('[{ name: zipkin, config: {} }]');
  expect(node.gateway.fidelity.counts.unknown).toBe(0);
});
