import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));
async function start(file: string, text: string, upstreams: object): Promise<Gateway> {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-scopes-'));
  writeFileSync(path.join(folder, file), text);
  const gateway = await createGateway({ config: folder, stage: 'dev', upstreams: { ...upstreams } });
  gateway.clock.freeze();
  return gateway;
}
const said = (text: string) => (): Response => new Response(text);

it('Kong: limits, turns of a balancer and counters of ids', async () => {
  await using gateway = await start(
    'kong.yml',
    `_format_version: '3.0'
upstreams: [{ name: pool, targets: [{ target: 'one:80' }, { target: 'two:80' }] }]
services:
  - name: s
    url: http://pool
    routes: [{ name: r, paths: [/] }]
    plugins:
      - { name: rate-limiting, config: { minute: 2, policy: local } }
      - { name: correlation-id, config: { generator: 'uuid#counter', echo_downstream: true } }`,
    { 'one:80': said('one'), 'two:80': said('two') },
  );
  const ask = async (one: { fetch: Gateway['fetch'] }): Promise<string> => {
    const answer = await one.fetch('/');
    return `${answer.headers.get('kong-request-id')?.split('#')[1]} ${answer.status === 200 ? await answer.text() : answer.status}`;
  };
  const [a, b] = [gateway.scope('a'), gateway.scope('b')];
  for (const one of [gateway, a, b]) expect([await ask(one), await ask(one), await ask(one)]).toEqual(['1 one', '2 two', '3 429']);
  await a.clock.advance(60_000);
  expect([await ask(a), await ask(b)]).toEqual(['4 one', '4 429']);
});

it('nginx: a delay of limit_req passes on the clock of its scope', async () => {
  const conf = `events {}
http {
  limit_req_zone $server_name zone=z:1m rate=1r/s;
  server { listen 80; location / { limit_req zone=z burst=5; proxy_pass http://one:80; } }
}`;
  await using gateway = await start('nginx.conf', conf, { 'one:80': said('one') });
  const [a, b] = [gateway.scope('a'), gateway.scope('b')];
  expect([(await a.fetch('/')).status, (await b.fetch('/')).status]).toEqual([200, 200]);
  const done: string[] = [];
  const asked = [a, b].map(async (one) => (await one.fetch('/'), done.push(one.name)));
  await a.clock.advance(1_000);
  await asked[0];
  expect(done).toEqual(['a']);
  await b.clock.advance(1_000);
  await asked[1];
});

it('Amazon: functions', async () => {
  const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders/invocations';
  const get = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
  const answer = (body: string) => async () => ({ statusCode: 200, body });
  const text = JSON.stringify({ openapi: '3.0.1', info: {}, paths: { '/a': { get } } });
  await using gateway = await start('openapi.json', text, { 'function:orders': answer('real') });
  const [a, b] = [gateway.scope('a'), gateway.scope('b')];
  a.override('function:orders', answer('own'));
  const ask = async (one: { fetch: Gateway['fetch'] }): Promise<string> => (await one.fetch('/dev/a')).text();
  expect([await ask(a), await ask(b), await ask(gateway)]).toEqual(['own', 'real', 'real']);
  await a.reset();
  expect(await ask(a)).toBe('real');
});
