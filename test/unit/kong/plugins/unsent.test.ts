import { expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

it('lets requests pass, without a complaint, where a plugin only tells others', async () => {
  const names = ['tcp-log', 'udp-log', 'syslog', 'loggly', 'statsd', 'datadog'];
  await using node = await startWith(`[${names.map((name) => `{ name: ${name}, config: { host: a, port: 1 } }`).join(', ')}]`);
  expect((await node.gateway.fetch(asking('/'))).status).toBe(200);
  expect(node.gateway.diagnostics).toEqual([]);
});
