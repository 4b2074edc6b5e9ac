import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions, type LogLine } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:orders';
const api = JSON.stringify({
  openapi: '3.0.1',
  info: {},
  paths: {
    '/a': {
      get: {
        'x-amazon-apigateway-integration': {
          type: 'aws_proxy',
          httpMethod: 'POST',
          uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`,
        },
      },
    },
  },
});
const kong =
  '_format_version: "3.0"\nroutes: [{ name: l, paths: [/] }]\nplugins: [{ name: aws-lambda, route: l, config: { function_name: orders, aws_region: us-east-1 } }]';

async function start(
  files: Readonly<Record<string, string>>,
  options: GatewayOptions,
): Promise<{ gateway: Gateway; folder: string; lines: LogLine[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-functions-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const lines: LogLine[] = [];
  return { folder, lines, gateway: await createGateway({ folder, stage: 'dev', onFunctionLog: (line) => lines.push(line), ...options }) };
}
const source = (said: string): string =>
  `export const handler = async (event, { awsRequestId }) => ({ statusCode: 201, body: \`${said} \${event.httpMethod}\` });`;

it('a text on the command line or in code is a module and its export', async () => {
  const upstreams = { 'function:orders': './orders.handler' };
  const { gateway } = await start({ 'openapi.json': api, 'orders.mjs': source('one') }, { config: 'openapi.json', upstreams });
  await using _ = gateway;
  const answer = await gateway.fetch('/dev/a');
  expect([answer.status, await answer.text()]).toEqual([201, 'one GET']);
});

it('the configuration names functions for those beside it, with what they are given', async () => {
  const own = `include: [kong.yml]
upstreams:
  function:orders: { function: ./orders.handler, environment: { TABLE: t, PORT: 1 }, memoryMb: 64, timeout: 10s, concurrency: 2 }`;
  const files = {
    'devgateway.yaml': own,
    'kong.yml': kong,
    'orders.cjs': 'exports.handler = async (e, c) => [process.env.TABLE, process.env.PORT, c.memoryLimitInMB];',
  };
  const { gateway } = await start(files, { config: 'devgateway.yaml' });
  await using _ = gateway;
  const answer = await gateway.fetch('/');
  expect([answer.status, await answer.json()]).toEqual([200, ['t', '1', '64']]);
});

it('a function that fails is an answer of its gateway and an error that is heard', async () => {
  const files = { 'kong.yml': kong, 'orders.mjs': 'export const handler = async () => { throw new RangeError("out"); };' };
  const { gateway } = await start(files, { config: 'kong.yml', upstreams: { 'function:orders': { function: './orders.handler' } } });
  await using _ = gateway;
  const answer = await gateway.fetch('/');
  expect([answer.status, answer.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled']);
  expect(await answer.json()).toEqual({
    errorType: 'RangeError',
    errorMessage: 'out',
    trace: expect.arrayContaining([expect.stringContaining('orders.mjs')]),
  });
  expect(gateway.errors.splice(0)).toEqual([{ error: expect.objectContaining({ name: 'RangeError' }), upstream: 'function:orders', request: '' }]);
});

it('a clock that stands still does not keep it from ending', async () => {
  const upstreams = { 'function:orders': { function: './orders.handler', timeoutMs: 50 } };
  const { gateway } = await start(
    { 'kong.yml': kong, 'orders.mjs': 'export const handler = () => new Promise(() => setInterval(() => {}, 1e6));' },
    { config: 'kong.yml', upstreams },
  );
  await using _ = gateway;
  gateway.clock.freeze();
  expect(await (await gateway.fetch('/')).json()).toMatchObject({ errorMessage: expect.stringContaining('Task timed out after 0.05 seconds') });
  expect(gateway.errors.splice(0)).toHaveLength(1);
});

it('its source is watched with the configuration', async () => {
  const upstreams = { 'function:orders': './orders.handler' };
  const { gateway, folder } = await start({ 'openapi.json': api, 'orders.mjs': source('one') }, { config: 'openapi.json', upstreams, watch: true });
  await using _ = gateway;
  const ask = async (): Promise<string> => (await gateway.fetch('/dev/a')).text();
  expect(await ask()).toBe('one GET');
  await vi.waitFor(
    async () => {
      writeFileSync(path.join(folder, 'orders.mjs'), source('two'));
      expect(await ask()).toBe('two GET');
    },
    { timeout: 10_000, interval: 30 },
  );
});

it('what it prints is without secrets', async () => {
  const text = `export const handler = async () => {
    console.log({ headers: { authorization: 'Bearer abc' }, plain: 'shown' }, JSON.stringify({ password: 'hidden1' }));
    console.log('key is ' + process.env.API_KEY);
  };`;
  const upstreams = { 'function:orders': { function: './orders.handler', environment: { API_KEY: 'k-123456' } } };
  const { gateway, lines } = await start({ 'kong.yml': kong, 'orders.mjs': text }, { config: 'kong.yml', upstreams });
  await using _ = gateway;
  await gateway.fetch('/');
  const said = lines.map((one) => one.text).join('\n');
  expect(said).toContain("plain: 'shown'");
  expect(said).toContain('key is ***');
  expect(said).not.toMatch(/abc|hidden1|k-123456/);
});

it.each(['orders', './orders', 'ftp://x/y', 7, {}, { function: { command: [] } }, null])('what names no function is refused: %j', async (target) => {
  await expect(createGateway({ config: { routes: [] }, upstreams: { 'function:orders': target as never } })).rejects.toMatchObject({
    code: 'DG1203',
  });
});

it.each([
  ['function:orders: 7', 'DG1203'],
  ['function:orders: { timeout: 3s }', 'DG1204'],
  ['function:orders: { function: ./orders.handler, memory: 7 }', 'DG1201'],
  ['function:orders: { function: { url: ./orders.handler } }', 'DG1203'],
  ['function:orders: { function: { url: "http://localhost:9000/", command: a } }', 'DG1203'],
])('what the configuration says wrongly is shown: %s', async (line, code) => {
  await expect(start({ 'devgateway.yaml': `upstreams:\n  ${line}\nroutes: []\n` }, { config: 'devgateway.yaml' })).rejects.toMatchObject({ code });
});
