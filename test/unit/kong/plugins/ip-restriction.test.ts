import { expect, it } from 'vitest';
import { startPlugin } from './start.ts';

it.each([
  [{ allow: ['10.1.0.0/16', '::1'] }, '10.1.2.3', null],
  [{ allow: ['10.1.0.0/16', '::1'] }, '::1', null],
  [{ allow: ['10.1.0.0/16'] }, '10.2.0.1', 'IP address not allowed: 10.2.0.1'],
  [{ deny: ['fd00::/8'] }, 'fd12::1', 'IP address not allowed: fd12::1'],
  [{ deny: ['fd00::/8'] }, 'fe80::1', null],
  [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, '10.0.0.1', 'IP address not allowed: 10.0.0.1'],
  [{ whitelist: ['10.0.0.0/8'], blacklist: ['10.0.0.1'] }, '10.0.0.1', 'IP address not allowed: 10.0.0.1'],
  [{ whitelist: ['10.0.0.0/8'] }, '11.0.0.1', 'IP address not allowed: 11.0.0.1'],
])('%j and %s: %s', async (config, remoteAddress, message) => {
  await using gateway = await startPlugin('ip-restriction', config);
  const answer = await gateway.fetch('/', { remoteAddress });
  expect(answer.status).toBe(message === null ? 200 : 403);
  if (message !== null) expect(await answer.json()).toMatchObject({ message });
});

it('answers with its own status and message', async () => {
  await using gateway = await startPlugin('ip-restriction', { deny: ['127.0.0.1'], status: 404, message: 'nothing here' });
  const answer = await gateway.fetch('/');
  expect([answer.status, await answer.json()]).toMatchObject([404, { message: 'nothing here' }]);
});

it.each([
  [{}, 'DG1204', 'at least one of these fields must be non-empty'],
  [{ allow: [], deny: null }, 'DG1204', 'at least one of these fields must be non-empty'],
  [{ allow: ['10.0.0.0/33'] }, 'DG1203', "invalid ip or cidr range: '10.0.0.0/33'"],
  [{ deny: ['host.test'] }, 'DG1203', "invalid ip or cidr range: 'host.test'"],
])('refuses %j', async (config, code, message) => {
  await expect(startPlugin('ip-restriction', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});
