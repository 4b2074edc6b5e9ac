import 'devgateway/vitest'; // for its types; the configuration loads it too
import { createGateway, type Gateway } from 'devgateway';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let gateway: Gateway;
beforeAll(async () => {
  const reports = async () => Response.json({ report: 7 });
  gateway = await createGateway({ config: 'kong.yml', folder: import.meta.dirname, upstreams: { 'reports.internal:8080': reports } });
});
beforeEach(async () => {
  // Kong counts by the clock's own minutes and hours: the start of one makes every test the same.
  gateway.clock.freeze();
  await gateway.clock.travel('2030-01-01T12:00:00Z');
});
afterEach(() => gateway.reset());
afterAll(() => gateway.close());

const ask = (apikey: string): Promise<Response> => fetch(`${gateway.url}/reports/7`, { headers: { apikey } });
const statuses = async (apikey: string, times: number): Promise<number[]> => {
  const all: number[] = [];
  for (let at = 0; at < times; at += 1) all.push((await ask(apikey)).status);
  return all;
};

describe('reports', () => {
  it('are three a minute, for each consumer', async () => {
    expect(await statuses('ann-key', 4)).toEqual([200, 200, 200, 429]);
    expect(await statuses('bob-key', 1)).toEqual([200]);
  });

  it('say when to come back, and are there again then', async () => {
    await statuses('ann-key', 3);
    await gateway.clock.advance(20_000);
    const refused = await ask('ann-key');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
    expect(await refused.json()).toMatchObject({ message: 'API rate limit exceeded' });
    const [exchange] = await gateway.traffic.waitFor({ status: 429 });
    expect(exchange).toBeRefusedBy('kong/rate-limiting');
    expect(exchange).not.toBeForwarded();

    await gateway.clock.advance(40_000);
    const answer = await ask('ann-key');
    expect([answer.status, answer.headers.get('x-ratelimit-remaining-minute')]).toEqual([200, '2']);
  });

  it('are five an hour, whatever the minutes allow', async () => {
    await statuses('ann-key', 3);
    await gateway.clock.advance(60_000);
    expect(await statuses('ann-key', 3)).toEqual([200, 200, 429]);
    await gateway.clock.travel('2030-01-01T13:00:00Z');
    expect(await statuses('ann-key', 1)).toEqual([200]);
    await gateway.traffic.waitFor({}, { count: 7 });
    expect(gateway).toHaveSeen({ status: 429 }, 1);
  });
});
