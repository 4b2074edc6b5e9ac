import { expect, it } from 'vitest';
import { startPlugin } from './start.ts';

it.each([
  [{ location: 'https://a.test/x?y=1' }, '/p?q=2', 301, 'https://a.test/x?y=1'],
  [{ location: 'https://a.test', status_code: 307 }, '/', 307, 'https://a.test'],
  [{ location: 'https://a.test/x?y=1#z', keep_incoming_path: true }, '/p/./r?q=2&s', 301, 'https://a.test/p/r?q=2&s#z'],
  [{ location: 'https://a.test:8443/x?y=1', keep_incoming_path: true }, '/p', 301, 'https://a.test:8443/p'],
])('%j for %s: %i %s', async (config, target, status, location) => {
  await using gateway = await startPlugin('redirect', config);
  const answer = await gateway.fetch({ method: 'GET', target, rawHeaders: ['Host', 'localhost'] });
  expect([answer.status, answer.headers.get('location'), answer.headers.get('content-type'), await answer.text()]).toEqual([
    status,
    location,
    'text/plain; charset=UTF-8',
    'redirecting',
  ]);
});

it.each([
  [{}, 'DG1204', 'location'],
  [{ location: '/elsewhere' }, 'DG1203', '"/elsewhere"'],
  [{ location: 'https://a.test', status_code: 99 }, 'DG1203', '99'],
])('refuses %j', async (config, code, message) => {
  await expect(startPlugin('redirect', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
