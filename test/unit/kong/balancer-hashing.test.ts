import { describe, expect, it } from 'vitest';
import { ask, named, startPool, type Pool } from './balancer-start.ts';

const targets = Array.from({ length: 8 }, (_, at) => `{ target: 't${at}.internal:80' }`).join(', ');
const upstreams = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`t${at}.internal`, named(`t${at}`)]));
const hashing = (more: string, parts: Parameters<typeof startPool>[2] = {}): Promise<Pool> =>
  startPool(`${more}, targets: [${targets}]`, upstreams, parts);

type Asked = { readonly path?: string; readonly headers?: Record<string, string> };
const who = async ({ gateway }: Pool, { path = '/', headers = {} }: Asked): Promise<string> =>
  (await ask(gateway, 1, new Request(`http://localhost${path}`, { headers })))[0] as string;
/** How many targets are asked by twenty requests. */
const spread = async (pool: Pool, request: (at: number) => Asked): Promise<number> => {
  const names = new Set<string>();
  for (let at = 0; at < 20; at += 1) names.add(await who(pool, request(at)));
  return names.size;
};
const keyAuth = `consumers:
  - { username: ann, keyauth_credentials: [{ key: k-ann }] }
  - { username: bob, keyauth_credentials: [{ key: k-bob }] }
plugins: [{ name: key-auth, config: { key_names: [apikey] } }]
`;

describe('what is hashed', () => {
  it.each<[string, string, Asked, (at: number) => Asked, Parameters<typeof startPool>[2]]>([
    ['a header', 'hash_on: header, hash_on_header: X-Key', { headers: { 'x-key': 'v' } }, (at) => ({ headers: { 'x-key': `v${at}` } }), {}],
    [
      'a cookie',
      'hash_on: cookie, hash_on_cookie: Sess',
      { headers: { cookie: 'a=1; sess=v' } },
      (at) => ({ headers: { cookie: `sess=v${at}` } }),
      {},
    ],
    ['the path', 'hash_on: path', { path: '/a?x=1' }, (at) => ({ path: `/a${at}` }), {}],
    ['an argument', 'hash_on: query_arg, hash_on_query_arg: q', { path: '/a?q=1&b=2' }, (at) => ({ path: `/?q=${at}` }), {}],
    [
      'a capture',
      'hash_on: uri_capture, hash_on_uri_capture: ns',
      { path: '/n/1' },
      (at) => ({ path: `/n${at}/1` }),
      { route: "paths: ['~/(?<ns>[^/]+)/']" },
    ],
    [
      'an argument where there is no header',
      'hash_on: header, hash_on_header: X-Key, hash_fallback: query_arg, hash_fallback_query_arg: q',
      { path: '/?q=1' },
      (at) => ({ path: `/?q=${at}` }),
      {},
    ],
    [
      'the consumer',
      'hash_on: consumer',
      { headers: { apikey: 'k-ann' } },
      (at) => ({ headers: { apikey: at % 2 === 0 ? 'k-ann' : 'k-bob' } }),
      { more: keyAuth },
    ],
  ])('is %s', async (_, options, same, other, parts) => {
    await using pool = await hashing(options, parts);
    expect(await spread(pool, () => same)).toBe(1);
    expect(await spread(pool, other)).toBeGreaterThan(1);
  });

  it('is the address of the client, by X-Real-IP where that is trusted', async () => {
    await using pool = await hashing('hash_on: ip');
    expect(await spread(pool, (at) => ({ headers: { 'x-real-ip': `10.0.0.${at}` } }))).toBe(1);
  });

  it('is the same for everybody where nothing is found', async () => {
    await using pool = await hashing('hash_on: header, hash_on_header: X-Key');
    expect(await spread(pool, (at) => ({ path: `/${at}` }))).toBe(1);
    await using none = await hashing('algorithm: consistent-hashing');
    expect(await spread(none, (at) => ({ path: `/${at}` }))).toBe(1);
  });

  it('of an argument that comes several times is all of them in their order; without a value it is true', async () => {
    await using pool = await hashing('hash_on: query_arg, hash_on_query_arg: "a b"');
    const same = async (one: string, other: string): Promise<boolean> => (await who(pool, { path: one })) === (await who(pool, { path: other }));
    expect(await same('/?a+b=2&a%20b=1', '/?a+b=1&x=9&a+b=2')).toBe(true);
    expect(await same('/?a+b', '/?a+b=true')).toBe(true);
    expect(await same('/?a+b=2&a+b', '/?a+b=2,true')).toBe(true);
  });

  it('does not count with another algorithm', async () => {
    await using pool = await hashing('algorithm: least-connections');
    expect(await spread(pool, () => ({ path: '/same' }))).toBeGreaterThan(1);
  });
});

describe('the cookie that is hashed', () => {
  it('is given to a client that has none, and leads it to where it was', async () => {
    await using pool = await hashing('hash_on: cookie, hash_on_cookie: sess, hash_on_cookie_path: /shop');
    const answer = await pool.gateway.fetch('/');
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^sess=[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}; Path=\/shop; Same-Site=Lax; HttpOnly$/);
    const { name } = (await answer.json()) as { name: string };
    expect(await spread(pool, () => ({ headers: { cookie: cookie.split(';')[0] as string } }))).toBe(1);
    expect(await who(pool, { headers: { cookie: cookie.split(';')[0] as string } })).toBe(name);
    expect(await spread(pool, () => ({}))).toBeGreaterThan(1);
  });

  it('replaces one of that name of the upstream, and leaves the others', async () => {
    const said = (): Response =>
      new Response('', {
        headers: [
          ['set-cookie', 'sess=theirs'],
          ['set-cookie', 'other=1'],
        ],
      });
    await using pool = await startPool("hash_on: cookie, hash_on_cookie: sess, targets: [{ target: 'a.internal' }]", { 'a.internal': said });
    const cookies = (await pool.gateway.fetch('/')).headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toBe('other=1');
    const sent = await pool.gateway.fetch(new Request('http://localhost/', { headers: { cookie: 'sess=mine' } }));
    expect(sent.headers.getSetCookie()).toEqual(['sess=theirs', 'other=1']);
  });

  it('is that of a sticky session of later releases', async () => {
    await using pool = await startPool(`algorithm: sticky-sessions, sticky_sessions_cookie: lb, targets: [${targets}]`, upstreams);
    const [cookie = ''] = (await pool.gateway.fetch('/')).headers.getSetCookie();
    expect(cookie).toMatch(/^lb=.*Path=\/;/);
    expect(await spread(pool, () => ({ headers: { cookie: cookie.split(';')[0] as string } }))).toBe(1);
  });
});
