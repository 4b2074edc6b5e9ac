import { expect, it } from 'vitest';
import { start, startPlugin } from './start.ts';

const as = (agent: string): Request => new Request('http://localhost/', { headers: { 'user-agent': agent } });

it.each([
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/36.0.1985.125 Safari/537.36', 200],
  ['curl/7.43.0', 200],
  ['Googlebot/2.1 (+http://www.google.com/bot.html)', 403],
  ['facebookexternalhit/1.1', 403],
  ['facebookexternalhit', 200],
  ['Mozilla/5.0 (compatible; YandexMetrika/2.0; +http://yandex.com/bots)', 403],
  ['Apache-HttpClient/4.5', 403],
  ['Python-urllib', 403],
  ['some Crawler', 403],
  ['Mozilla/5.0 (Linux; CUBOT MAX) Chrome/1.0', 200],
  ['my-archiver/1', 403],
  ['ShopSalad 1.0', 200],
  ['x/ShopSalad 1.0', 403],
  ['Argus/1', 403],
  ['an Argus', 200],
])('%s: %i', async (agent, status) => {
  await using gateway = await startPlugin('bot-detection', {});
  const answer = await gateway.fetch(as(agent));
  expect(answer.status).toBe(status);
  if (status === 403) expect(await answer.json()).toMatchObject({ message: 'Forbidden', request_id: expect.any(String) });
});

it('allows before it denies, also as earlier releases spell it', async () => {
  await using gateway = await startPlugin('bot-detection', { allow: ['^Googlebot'], deny: ['curl', 'Googlebot'] });
  expect([
    (await gateway.fetch(as('Googlebot/2.1'))).status,
    (await gateway.fetch(as(' curl/7 '))).status,
    (await gateway.fetch('/')).status,
  ]).toEqual([200, 403, 200]);
  await using older = await startPlugin('bot-detection', { whitelist: ['^Googlebot'], blacklist: ['curl'] });
  expect([(await older.fetch(as('Googlebot/2.1'))).status, (await older.fetch(as('curl/7'))).status]).toEqual([200, 403]);
});

it('takes one User-Agent only', async () => {
  await using gateway = await startPlugin('bot-detection', {});
  const answer = await gateway.fetch({ method: 'GET', target: '/', rawHeaders: ['Host', 'a', 'User-Agent', 'x', 'User-Agent', 'y'] });
  expect([answer.status, await answer.json()]).toMatchObject([400, { message: 'Only one User-Agent header allowed' }]);
});

it('refuses what is no regular expression', async () => {
  await expect(startPlugin('bot-detection', { deny: ['(a+)+b'] })).rejects.toMatchObject({
    code: 'DG1207',
    message: expect.stringMatching(/kong\.yml:\d+:\d+ .*not a valid regex: \(a\+\)\+b/),
  });
});

it('says once what is wrong with a plugin that stands on everything', async () => {
  const routes = ['a', 'b'].map((name) => `  - { name: ${name}, url: 'http://${name}.internal', routes: [{ name: ${name}, paths: [/${name}] }] }\n`);
  await expect(start(`services:\n${routes.join('')}plugins: [{ name: bot-detection, config: { deny: ['('] } }]\n`)).rejects.toMatchObject({
    diagnostics: [{ code: 'DG1207' }],
  });
});
