import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { startPlugin } from './start.ts';

const now = 1_700_000_000;
const body = '{"foo":"bar"}';
const sign = (id: string, timestamp: string, text: string): string =>
  `v1,${createHmac('sha256', 'a-secret').update(`${id}.${timestamp}.${text}`).digest('base64')}`;
const good = { 'webhook-id': 'm', 'webhook-timestamp': String(now), 'webhook-signature': sign('m', String(now), body) };

async function ask(gateway: Gateway, headers: Record<string, string>, text = body): Promise<number> {
  gateway.clock.freeze();
  await gateway.clock.travel(now * 1000);
  const answer = await gateway.fetch(new Request('http://localhost/', { method: 'POST', headers, body: text }));
  if (answer.status === 400) expect(await answer.json()).toMatchObject({ message: 'Bad request' });
  return answer.status;
}
const at = (timestamp: string, signed = timestamp): Record<string, string> => ({
  ...good,
  'webhook-timestamp': timestamp,
  'webhook-signature': sign('m', signed, body),
});

it.each([
  ['a good signature', good, body, 200],
  ['no signature', { ...good, 'webhook-signature': undefined }, body, 400],
  ['no id', { ...good, 'webhook-id': undefined }, body, 400],
  ['another id', { ...good, 'webhook-id': 'n' }, body, 400],
  ['another body', good, '{"foo":"baz"}', 400],
  ['no body', good, '', 400],
  ['the oldest time allowed', at(String(now - 10)), body, 200],
  ['an older time', at(String(now - 11)), body, 400],
  ['a time to come', at(String(now + 1000)), body, 200],
  ['a time that is none', at('soon', '0'), body, 400],
  ['a time written otherwise', at(`${now}.0`, String(now)), body, 200],
])('%s', async (_, headers, text, status) => {
  await using gateway = await startPlugin('standard-webhooks', { secret_v1: 'a-secret', tolerance_second: 10 });
  const given = Object.fromEntries(Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined));
  expect(await ask(gateway, given, text)).toBe(status);
});

it('tolerates five minutes by default, and needs a secret', async () => {
  await using gateway = await startPlugin('standard-webhooks', { secret_v1: 'a-secret' });
  expect([await ask(gateway, at(String(now - 300))), await ask(gateway, at(String(now - 301)))]).toEqual([200, 400]);
  await expect(startPlugin('standard-webhooks', {})).rejects.toMatchObject({ code: 'DG1204' });
});
