import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { CachedResponses } from '../../../../src/dialects/kong/plugins/cached-responses.ts';
import { mediaTypeMatches, parseMediaType } from '../../../../src/dialects/kong/plugins/media-type.ts';
import { declarativeId } from '../../../../src/dialects/kong/entity-id.ts';
import type { Gateway } from '../../../../src/index.ts';
import { annAndBob, ask, kongNode, refusal, serviceWith } from './kong-node.ts';

const cache = (config = ''): string => `{ name: proxy-cache, config: { strategy: memory, ${config} } }`;

/** Answers with fields that the query names, and counts how often it was asked. */
function counting(type = 'application/json'): (request: Request) => Response {
  let asked = 0;
  return (request) => {
    const query = new URL(request.url).searchParams;
    const headers = new Headers({ 'Content-Type': type });
    for (const [name, value] of query) if (/^[A-Z]/.test(name)) headers.append(name, value);
    return new Response(request.method === 'HEAD' ? null : String((asked += 1)), { status: Number(query.get('status') ?? 200), headers });
  };
}
const node = (config = '', more = '', type?: string): Promise<Gateway> => kongNode(`${serviceWith(cache(config))}${more}`, { '*': counting(type) });
const states = async (gateway: Gateway, ...requests: (string | [path: string, headers: Record<string, string>])[]): Promise<string[]> => {
  const all: string[] = [];
  for (const one of requests) {
    const [path, headers] = typeof one === 'string' ? [one, {}] : one;
    const answer = await ask(gateway, path, headers);
    await answer.text();
    all.push(answer.headers.get('x-cache-status') ?? String(answer.status));
  }
  return all;
};

describe('proxy-cache', () => {
  it('serves what it kept, with its age on the clock', async () => {
    await using gateway = await node('cache_ttl: 10');
    const first = await ask(gateway, '/a');
    expect([await first.text(), first.headers.get('x-cache-status'), first.headers.get('age')]).toEqual(['1', 'Miss', null]);
    await gateway.clock.advance(10_000 - 1);
    const second = await ask(gateway, '/a');
    expect([await second.text(), second.headers.get('x-cache-status'), second.headers.get('age')]).toEqual(['1', 'Hit', '9']);
    expect(second.headers.get('x-cache-key')).toBe(first.headers.get('x-cache-key'));
    await gateway.clock.advance(1);
    expect(await (await ask(gateway, '/a')).text()).toBe('2');
  });

  it('speaks of a hit as of an answer of the upstream', async () => {
    await using gateway = await node();
    const names = async (): Promise<string[]> =>
      [...(await ask(gateway, '/')).headers.keys()].filter((name) => /kong|^via$|^server$/.test(name)).sort();
    const miss = await names();
    expect(miss).toContain('x-kong-upstream-latency');
    expect(await names()).toEqual(miss);
  });

  it('names a response as Kong does', async () => {
    const key = async (gateway: Gateway, path: string, headers: Record<string, string> = {}): Promise<string | null> =>
      (await ask(gateway, path, headers)).headers.get('x-cache-key');
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    const id = '5f1b2c9a-0000-4000-8000-000000000001';
    const routed = (config: string): Promise<Gateway> =>
      kongNode(serviceWith(cache(config)).replace('{ name: r,', `{ name: r, id: ${id},`), { '*': counting() });
    await using plain = await routed('');
    expect(await key(plain, '/A')).toBe(hash(`${id}|GET|GET /A HTTP/1.1||`));
    expect(await key(plain, '/A?b=2&a=1&b=1&c')).toBe(hash(`${id}|GET|GET /A|a=1:b=1,2:c|`));
    await using vary = await routed('ignore_uri_case: true, vary_headers: [X-B, X-A], vary_query_params: [z, a]');
    expect(await key(vary, '/A?a=%31&b=2&z', { 'x-a': 'one', 'x-b': 'two' })).toBe(hash(`${id}|GET|get /a|z:a=1|X-B=two:X-A=one`));
    await using keyed = await kongNode(`${serviceWith('{ name: key-auth }', cache()).replace('{ name: r,', `{ name: r, id: ${id},`)}${annAndBob}`, {
      '*': counting(),
    });
    expect(await key(keyed, '/', { apikey: 'ann-key' })).toBe(hash(`${declarativeId('consumers', 'ann')}:${id}|GET|GET / HTTP/1.1||`));
  });

  it('keeps one for each consumer', async () => {
    await using gateway = await kongNode(`${serviceWith('{ name: key-auth }', cache())}${annAndBob}`, { '*': counting() });
    const as = (apikey: string): [string, Record<string, string>] => ['/', { apikey }];
    expect(await states(gateway, as('ann-key'), as('bob-key'), as('ann-other-key'), as('bob-key'))).toEqual(['Miss', 'Miss', 'Hit', 'Hit']);
  });

  it.each([
    ['', '/?status=200', ['Miss', 'Hit']],
    ['', '/?status=404', ['Miss', 'Hit']],
    ['', '/?status=500', ['Bypass', 'Bypass']],
    ['response_code: [500]', '/?status=500', ['Miss', 'Hit']],
    ['request_method: [HEAD]', '/', ['Bypass', 'Bypass']],
    // Without cache_control nobody is asked.
    ['', '/?Cache-Control=no-store', ['Miss', 'Hit']],
  ])('keeps by method and status (%s, %s)', async (config, path, expected) => {
    await using gateway = await node(config);
    expect(await states(gateway, path, path)).toEqual(expected);
  });

  it.each([
    ['application/json', '', ['Miss', 'Hit']],
    ['application/json; charset=utf-8', '', ['Bypass', 'Bypass']],
    ['application/json; charset=utf-8', ", content_type: ['application/json; charset=utf-8']", ['Miss', 'Hit']],
    ['text/html', ", content_type: ['text/*']", ['Miss', 'Hit']],
    ['text/html;a=b', ", content_type: ['*/*']", ['Bypass', 'Bypass']],
    ['image/png', ", content_type: ['image/png;', '']", ['Bypass', 'Bypass']],
  ])('keeps by media type (%s%s)', async (type, config, expected) => {
    await using gateway = await node(`cache_ttl: 60${config}`, '', type);
    expect(await states(gateway, '/', '/')).toEqual(expected);
  });

  it('does not keep what HEAD is answered with, nor an answer that has no body', async () => {
    await using gateway = await node('response_code: [200, 204]', '', 'text/plain');
    const head = async (): Promise<string | null> => (await ask(gateway, '/', {}, { method: 'HEAD' })).headers.get('x-cache-status');
    expect([await head(), await head()]).toEqual(['Miss', 'Miss']);
    await using empty = await kongNode(serviceWith(cache('response_code: [301]')), {
      '*': () => new Response(null, { status: 301, headers: { 'Content-Type': 'text/plain', 'Content-Length': '0', Location: '/b' } }),
    });
    expect(await states(empty, '/', '/')).toEqual(['Miss', 'Hit']);
  });

  it('passes a coded body as it is, and keeps it so', async () => {
    const coded = gzipSync('a text that is said again and again and again');
    await using gateway = await kongNode(serviceWith(cache()), {
      '*': () => new Response(coded, { headers: { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' } }),
    });
    for (const state of ['Miss', 'Hit']) {
      const answer = await ask(gateway, '/', { 'accept-encoding': 'gzip' });
      expect([answer.headers.get('x-cache-status'), answer.headers.get('content-encoding')]).toEqual([state, 'gzip']);
      expect(gunzipSync(Buffer.from(await answer.arrayBuffer())).toString()).toContain('again');
    }
  });

  it('tells its own fields where it is told to, and everything to who asks with Kong-Debug', async () => {
    await using gateway = await node('response_headers: { age: false, X-Cache-Status: false, X-Cache-Key: false }');
    const told = async (headers = {}): Promise<string[]> =>
      [...(await ask(gateway, '/', headers)).headers.keys()].filter((name) => /^age$|^x-cache/.test(name));
    expect([await told(), await told(), await told({ 'kong-debug': '1' })]).toEqual([[], [], ['age', 'x-cache-key', 'x-cache-status']]);
  });

  it('runs the later phases of other plugins over a hit, whose counts are its own', async () => {
    await using gateway = await kongNode(
      serviceWith(
        cache(),
        '{ name: rate-limiting, config: { minute: 5 } }',
        '{ name: response-transformer, config: { remove: { headers: [X-Cache-Key] }, add: { headers: ["X-Y:z"] } } }',
      ),
      { '*': counting() },
    );
    const seen = async (): Promise<(string | null)[]> => {
      const answer = await ask(gateway, '/');
      await answer.text();
      const { headers } = answer;
      return ['x-cache-status', 'x-cache-key', 'x-ratelimit-remaining-minute', 'x-ratelimit-limit-minute', 'x-y'].map((name) => headers.get(name));
    };
    expect(await seen()).toEqual(['Miss', null, '4', '5', 'z']);
    expect(await seen()).toEqual(['Hit', null, '3', '5', 'z']);
  });

  it('keeps nothing for an explanation', async () => {
    await using gateway = await node();
    await gateway.explain('/');
    expect(await states(gateway, '/')).toEqual(['Miss']);
  });
});

describe('proxy-cache with cache_control', () => {
  const at = (query: string): string => `/?${query}`;
  it.each([
    ['Cache-Control=max-age%3D60', ['Miss', 'Hit']],
    ['Cache-Control=public', ['Bypass', 'Bypass']],
    ['Cache-Control=max-age%3D0', ['Bypass', 'Bypass']],
    ['Cache-Control=s-maxage%3D60%2Cmax-age%3D0', ['Miss', 'Hit']],
    ['Cache-Control=private%2Cmax-age%3D60', ['Bypass', 'Bypass']],
    ['Cache-Control=no-cache%2Cmax-age%3D60', ['Bypass', 'Bypass']],
    ['Cache-Control=No-Store%2Cmax-age%3D60', ['Bypass', 'Bypass']],
    ['Expires=Mon%2C+01+Jan+2024+00%3A00%3A30+GMT', ['Miss', 'Hit']],
    ['Expires=Sun%2C+31+Dec+2023+23%3A59%3A59+GMT', ['Bypass', 'Bypass']],
    ['Expires=2030', ['Bypass', 'Bypass']],
  ])('believes the upstream: %s', async (query, expected) => {
    await using gateway = await node('cache_control: true');
    expect(await states(gateway, at(query), at(query))).toEqual(expected);
  });

  it('believes the client', async () => {
    await using gateway = await node('cache_control: true, storage_ttl: 600');
    const path = at('Cache-Control=max-age%3D10');
    const asking = (directives: string): [string, Record<string, string>] => [path, { 'cache-control': directives }];
    expect(await states(gateway, asking('only-if-cached'))).toEqual(['504']);
    expect(await states(gateway, path, path, asking('no-cache'), asking('no-store'))).toEqual(['Miss', 'Hit', 'Bypass', 'Bypass']);
    await gateway.clock.advance(5_000);
    expect(await states(gateway, asking('max-age=5'), asking('min-fresh=5'), asking('only-if-cached'))).toEqual(['Hit', 'Hit', 'Hit']);
    expect(await states(gateway, asking('min-fresh=6'))).toEqual(['Refresh']);
    await gateway.clock.advance(5_000);
    expect(await states(gateway, asking('max-age=4'))).toEqual(['Refresh']);
    // Kept beyond its time, it is served to who does not mind.
    await gateway.clock.advance(12_000);
    expect(await states(gateway, path, asking('max-stale=2'), asking('max-stale=1'))).toEqual(['Hit', 'Hit', 'Refresh']);
  });

  it('breaks at a directive without its number, as Kong does', async () => {
    await using gateway = await node('cache_control: true');
    const path = at('Cache-Control=max-age%3D10');
    expect(await states(gateway, path, [path, { 'cache-control': 'max-stale' }])).toEqual(['Miss', '500']);
  });

  it('looks again at what is older than cache_ttl, where it is kept longer', async () => {
    await using gateway = await node('cache_ttl: 2, storage_ttl: 60');
    expect(await states(gateway, '/')).toEqual(['Miss']);
    await gateway.clock.advance(3_000);
    expect(await states(gateway, '/', '/')).toEqual(['Refresh', 'Hit']);
    await gateway.clock.advance(60_000);
    expect(await states(gateway, '/')).toEqual(['Miss']);
  });
});

describe('the settings of proxy-cache', () => {
  it.each([
    ['{ name: proxy-cache }', /has no strategy/],
    ['{ name: proxy-cache, config: { strategy: redis } }', /strategy is "redis"\. expected memory/],
    [cache('cache_ttl: 0'), /cache_ttl is 0/],
    [cache('response_code: []'), /response_code is empty\. length must be at least 1/],
    [cache('response_code: [90]'), /response_code\[0\] is 90/],
    [cache('request_method: [DELETE]'), /request_method\[0\] is "DELETE"/],
  ])('are refused as Kong refuses them: %s', async (plugin, words) => {
    expect(await refusal(serviceWith(plugin))).toMatch(words);
  });
});

describe('what proxy-cache is made of', () => {
  it('forgets what was not asked for longest where there is no more room', () => {
    const cached = new CachedResponses();
    const response = { status: 200, headers: [], body: Buffer.alloc(50 * 1024 * 1024), storedAt: 0, ttl: 1 };
    cached.set('a', response, 0, 1);
    cached.set('b', response, 0, 0);
    expect(cached.get('a', 0)).toBe(response);
    cached.set('c', response, 0, 1);
    expect([cached.get('a', 0), cached.get('b', 0), cached.get('c', 999), cached.get('c', 1000)]).toEqual([response, undefined, response, undefined]);
  });

  it('reads media types as they are written', () => {
    const part = fc.stringMatching(/^[a-zA-Z\d!#$%&'*+.^_`|~-]{1,8}$/);
    const pairs = fc.uniqueArray(fc.tuple(part, part), { selector: ([name]) => name, maxLength: 4 });
    fc.assert(
      fc.property(part, part, pairs, fc.boolean(), (type, subtype, parameters, quoted) => {
        const text = `${type}/${subtype}${parameters.map(([name, value]) => ` ; ${name}=${quoted ? `"${value}"` : value}`).join('')}`;
        const read = parseMediaType(text);
        expect(read).toEqual({ type, subtype, parameters: new Map(parameters) });
        expect(mediaTypeMatches(read as NonNullable<typeof read>, read)).toBe(true);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseMediaType(text)));
  });
});
