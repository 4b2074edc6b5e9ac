import { expect, it } from 'vitest';
import { start, startPlugin, type Said } from './start.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

it('counts, behind an id of the worker', async () => {
  await using gateway = await startPlugin('correlation-id', {});
  const seen = async (): Promise<string> => ((await (await gateway.fetch('/')).json()) as Said).headers['kong-request-id'] as string;
  const [first, second] = [await seen(), await seen()];
  expect(first).toMatch(new RegExp(`^${uuid}#1$`));
  expect(second).toBe(first.replace('#1', '#2'));
});

it.each([
  ['uuid', new RegExp(`^${uuid}$`)],
  ['tracker', /^127\.0\.0\.1-8000-\d+-\d+-\d+-1700000000\.000$/],
])('makes a %s', async (generator, expected) => {
  await using gateway = await startPlugin('correlation-id', { generator, header_name: 'X-Id', echo_downstream: true });
  gateway.clock.freeze();
  await gateway.clock.travel('2023-11-14T22:13:20.000Z');
  const answer = await gateway.fetch('/');
  const id = answer.headers.get('x-id');
  expect(id).toMatch(expected);
  expect(await answer.json()).toMatchObject({ headers: { 'x-id': id } });
});

it('keeps what the client sent, unless that is empty', async () => {
  await using gateway = await startPlugin('correlation-id', { header_name: 'X-Id', echo_downstream: true });
  const ask = (id: string): Promise<Response> => gateway.fetch(new Request('http://localhost/', { headers: { 'x-id': id } }));
  expect((await ask('mine')).headers.get('x-id')).toBe('mine');
  expect((await ask('')).headers.get('x-id')).toMatch(/#1$/);
  await using silent = await startPlugin('correlation-id', { header_name: 'X-Id' });
  expect((await silent.fetch('/')).headers.has('x-id')).toBe(false);
});

it('names what no route took, too', async () => {
  await using gateway = await start('plugins: [{ name: correlation-id, config: { echo_downstream: true } }]\n');
  const answer = await gateway.fetch('/');
  expect([answer.status, answer.headers.get('kong-request-id')]).toEqual([404, expect.stringMatching(/#1$/)]);
});
