import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { annAndBob, ask, kongNode, refusal, serviceWith } from './kong-node.ts';

/** Says what a request cost as `?cost=` tells it, and what it was told. */
const upstream = (request: Request): Response => {
  const told = Object.fromEntries([...request.headers].filter(([name]) => name.startsWith('x-ratelimit')));
  const costs = new URL(request.url).searchParams.getAll('cost');
  return Response.json(told, { headers: costs.map((cost): [string, string] => ['X-Kong-Limit', cost]) });
};
const limited = (config: string): string => `{ name: response-ratelimiting, config: { policy: local, ${config} } }`;
const node = (config: string, more = ''): Promise<Gateway> => kongNode(`${serviceWith(limited(config))}${more}`, { '*': upstream });
const costing = (gateway: Gateway, ...costs: string[]): Promise<Response> =>
  ask(gateway, `/?${costs.map((cost) => `cost=${encodeURIComponent(cost)}`).join('&')}`);
const limitFields = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => /ratelimit|x-kong-limit/.test(name)));

describe('response-ratelimiting', () => {
  it('counts what the upstream says, when the response is sent', async () => {
    await using gateway = await node('limits: { video: { minute: 6, hour: 10 }, image: { minute: 4 } }');
    const first = await costing(gateway, 'video=2, image=1');
    expect(limitFields(first)).toEqual({
      'x-ratelimit-limit-video-minute': '6',
      'x-ratelimit-remaining-video-minute': '4',
      'x-ratelimit-limit-video-hour': '10',
      'x-ratelimit-remaining-video-hour': '8',
      'x-ratelimit-limit-image-minute': '4',
      'x-ratelimit-remaining-image-minute': '3',
    });
    expect(await first.json()).toEqual({ 'x-ratelimit-remaining-video': '6', 'x-ratelimit-remaining-image': '4' });
    const second = await costing(gateway, 'video=9', 'image=2');
    expect(limitFields(second)).toMatchObject({ 'x-ratelimit-remaining-video-minute': '0', 'x-ratelimit-remaining-image-minute': '1' });
    expect(await second.json()).toEqual({ 'x-ratelimit-remaining-video': '4', 'x-ratelimit-remaining-image': '3' });
    const third = await costing(gateway);
    expect(await third.json()).toEqual({ 'x-ratelimit-remaining-video': '-5', 'x-ratelimit-remaining-image': '1' });
  });

  it('answers 429 without a body where more is used of what is used up, and does not count that', async () => {
    await using gateway = await node('limits: { video: { minute: 2 } }');
    await costing(gateway, 'video=2');
    expect((await costing(gateway)).status).toBe(200);
    const refused = await costing(gateway, 'video=1');
    expect([refused.status, await refused.text(), refused.headers.get('content-length')]).toEqual([429, '', '0']);
    expect(limitFields(refused)).toEqual({ 'x-ratelimit-limit-video-minute': '2', 'x-ratelimit-remaining-video-minute': '0' });
    expect(await (await costing(gateway)).json()).toEqual({ 'x-ratelimit-remaining-video': '0' });
    await gateway.clock.advance(60_000);
    expect((await costing(gateway, 'video=1')).status).toBe(200);
  });

  it('may give back', async () => {
    await using gateway = await node('limits: { video: { minute: 5 } }');
    await costing(gateway, 'video=4');
    await costing(gateway, 'video=-3');
    expect(await (await costing(gateway)).json()).toEqual({ 'x-ratelimit-remaining-video': '4' });
  });

  it.each(['', 'video', 'video=', 'video=many', 'video=1=2', 'audio=3', '=3', 'video=Infinity'])('counts nothing for %j', async (said) => {
    await using gateway = await node('limits: { video: { minute: 5 } }');
    expect(limitFields(await costing(gateway, said))).toEqual({ 'x-ratelimit-limit-video-minute': '5', 'x-ratelimit-remaining-video-minute': '5' });
    expect(await (await costing(gateway)).json()).toEqual({ 'x-ratelimit-remaining-video': '5' });
  });

  it('blocks on the first violation where it is told to', async () => {
    await using gateway = await node('block_on_first_violation: true, limits: { video: { minute: 6 }, image: { minute: 4 } }');
    await costing(gateway, 'image=4');
    const refused = await costing(gateway, 'video=1');
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ message: "API rate limit exceeded for 'image'" });
    expect(limitFields(refused)).toEqual({});
  });

  it('reads the field that it is told to, and hides its own', async () => {
    await using gateway = await node('hide_client_headers: true, header_name: X-Cost, limits: { video: { minute: 1 } }');
    const answer = await costing(gateway, 'video=1');
    expect(limitFields(answer)).toEqual({ 'x-kong-limit': 'video=1' });
    expect(await answer.json()).toEqual({ 'x-ratelimit-remaining-video': '1' });
  });

  it('counts for whom it is told to', async () => {
    const plugins = (by: string): string =>
      `${serviceWith('{ name: key-auth }', limited(`limit_by: ${by}, limits: { video: { minute: 1 } }`))}${annAndBob}`;
    const seen = async (by: string): Promise<number[]> => {
      await using gateway = await kongNode(plugins(by), { '*': upstream });
      const all: number[] = [];
      for (const apikey of ['ann-key', 'ann-other-key', 'bob-key']) all.push((await ask(gateway, '/?cost=video%3D1', { apikey })).status);
      return all;
    };
    expect(await seen('consumer')).toEqual([200, 429, 200]);
    expect(await seen('credential')).toEqual([200, 200, 200]);
    expect(await seen('ip')).toEqual([200, 429, 429]);
  });

  it.each([
    ['header_name: X-Cost', /has no limits/],
    ['limits: { video: {} }', /limits\.video has no limit\. at least one of these fields must be non-empty/],
    ['limits: { video: { second: 5, hour: 1 } }', /the limit for hour\(1\.0\) cannot be lower than the limit for second\(5\.0\)/],
    ['limit_by: header, limits: { video: { second: 5 } }', /limit_by is "header"/],
  ])('is refused as Kong refuses it: %s', async (config, words) => {
    expect(await refusal(serviceWith(limited(config)))).toMatch(words);
  });
});
