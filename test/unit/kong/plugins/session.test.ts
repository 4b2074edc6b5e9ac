import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';
import { ask, guarded, kongFolder, seenBy, startKong } from './start-kong.ts';

const consumers = `consumers:
  - { username: ann, id: 0b7b0b5e-0000-4000-8000-000000000001, custom_id: a-1, keyauth_credentials: [{ key: k, id: 0b7b0b5e-0000-4000-8000-000000000002 }] }
  - { username: bob, keyauth_credentials: [{ key: l }] }
  - username: nobody
    plugins: [{ name: request-termination, config: { status_code: 403 } }]
`;
const config = (settings = ''): string =>
  guarded(`[{ name: session, config: { secret: shh ${settings} } }, { name: key-auth, config: { anonymous: nobody } }]`, consumers);

const start = async (settings = ''): Promise<Gateway> => {
  const gateway = await startKong(config(settings));
  gateway.clock.freeze();
  await gateway.clock.travel('2024-03-01T00:00:00Z');
  return gateway;
};
/** The cookies of an answer as a browser would send them back, those before with them. */
const cookiesOf = (answer: Response, before = ''): string => {
  const jar = new Map(before === '' ? [] : before.split('; ').map((one) => one.split('=', 2) as [string, string]));
  for (const one of answer.headers.getSetCookie()) {
    const [name = '', value = ''] = (one.split(';')[0] ?? '').split('=', 2);
    if (one.includes('Max-Age=0')) jar.delete(name);
    else jar.set(name, value);
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
};
const login = async (gateway: Gateway, key = 'k'): Promise<Response> => ask(gateway, `/?apikey=${key}`);
const withCookie = (gateway: Gateway, cookie: string, init: RequestInit & { target?: string } = {}): Promise<Response> =>
  ask(gateway, init.target ?? '/a', { ...init, headers: { ...(init.headers as Record<string, string>), cookie } });

describe('session', () => {
  it('lets somebody pass with the cookie that another plugin earned', async () => {
    await using gateway = await start();
    expect((await ask(gateway, '/')).status).toBe(403);
    const answer = await login(gateway);
    const [cookie = '', ...more] = answer.headers.getSetCookie();
    expect(more).toEqual([]);
    expect(cookie).toMatch(/^session=[\w-]{100,}; Path=\/; SameSite=Strict; Secure; HttpOnly$/);
    const again = await withCookie(gateway, cookiesOf(answer));
    expect(again.headers.getSetCookie()).toEqual([]);
    const { headers } = await seenBy(again);
    expect(headers).toMatchObject({
      'x-consumer-id': '0b7b0b5e-0000-4000-8000-000000000001',
      'x-consumer-username': 'ann',
      'x-consumer-custom-id': 'a-1',
      'x-credential-identifier': '0b7b0b5e-0000-4000-8000-000000000002',
    });
    expect(headers).not.toHaveProperty('x-anonymous-consumer');
  });

  it.each([
    [
      'cookie_name: s, cookie_path: /x, cookie_domain: a.example, cookie_same_site: Lax, cookie_secure: false, cookie_http_only: false',
      /^s=[\w-]+; Domain=a\.example; Path=\/x; SameSite=Lax$/,
    ],
    ['cookie_samesite: None, cookie_secure: false, cookie_httponly: false', /^session=[\w-]+; Path=\/; SameSite=None; Secure$/],
  ])('writes the attributes {%s}', async (settings, expected) => {
    await using gateway = await start(`, ${settings}`);
    expect((await login(gateway)).headers.getSetCookie()[0]).toMatch(expected);
  });

  it('knows nobody by a cookie that was changed, is of another name, or of another secret', async () => {
    await using gateway = await start();
    const cookie = cookiesOf(await login(gateway));
    const at = cookie.length - 20;
    const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1);
    for (const wrong of [changed, cookie.slice(0, -10), 'session=', 'session=x', cookie.replace('session', 'other')])
      expect((await withCookie(gateway, wrong)).status).toBe(403);
    await using other = await startKong(config().replace('shh', 'shhh'));
    expect((await withCookie(other, cookie)).status).toBe(403);
    await using audience = await start(', audience: other');
    expect((await withCookie(audience, cookie)).status).toBe(403);
  });

  it('ends a session that idles, rolls on or lasts too long', async () => {
    for (const [settings, good, bad] of [
      [', idling_timeout: 30', 30, 31],
      [', idling_timeout: 0, rolling_timeout: 100', 100, 101],
      [', idling_timeout: 0, rolling_timeout: 0, absolute_timeout: 200', 200, 201],
    ] as const) {
      await using gateway = await start(settings);
      const cookie = cookiesOf(await login(gateway));
      await gateway.clock.advance(good * 1000);
      expect((await withCookie(gateway, cookie)).status).toBe(200);
      await gateway.clock.advance((bad - good) * 1000);
      expect((await withCookie(gateway, cookie)).status).toBe(403);
    }
  });

  it('notes activity once a minute, and renews in the last quarter of the rolling timeout', async () => {
    await using gateway = await start(', idling_timeout: 100, rolling_timeout: 400, absolute_timeout: 500');
    let cookie = cookiesOf(await login(gateway));
    const statuses: unknown[] = [];
    for (const seconds of [60, 61, 150, 240, 301, 390, 480, 501]) {
      await gateway.clock.travel(Date.parse('2024-03-01T00:00:00Z') + seconds * 1000);
      const answer = await withCookie(gateway, cookie);
      statuses.push([answer.status, answer.headers.getSetCookie().length]);
      cookie = cookiesOf(answer, cookie);
    }
    expect(statuses).toEqual([
      [200, 0],
      [200, 1],
      [200, 1],
      [200, 1],
      [200, 1],
      [200, 1],
      [200, 1],
      [403, 0],
    ]);
  });

  it('leaves when it is asked to', async () => {
    await using gateway = await start(', read_body_for_logout: true');
    const cookie = cookiesOf(await login(gateway));
    expect((await withCookie(gateway, cookie, { target: '/?session_logout=1' })).headers.getSetCookie()).toEqual([]);
    const out = await withCookie(gateway, cookie, { method: 'POST', target: '/?session_logout' });
    expect([out.status, await out.text(), out.headers.getSetCookie()]).toEqual([
      200,
      '',
      ['session=; Path=/; SameSite=Strict; Secure; HttpOnly; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0'],
    ]);
    const form = await withCookie(gateway, cookie, { method: 'POST', body: new URLSearchParams({ session_logout: '' }) });
    expect(cookiesOf(form, cookie)).toBe('');
    await using lazy = await start();
    const kept = await withCookie(lazy, cookie, { method: 'POST', body: new URLSearchParams({ session_logout: '' }) });
    expect(kept.headers.getSetCookie()).toEqual([]);
  });

  it('ends with its consumer', async () => {
    await using gateway = await start();
    const ann = cookiesOf(await login(gateway));
    const { folder } = kongFolder(config().replace('username: ann, id: 0b7b0b5e', 'username: cid, id: 1b7b0b5e'));
    await using other = await createGateway({ config: 'kong.yml', folder, upstreams: { '*': () => new Response('ok') } });
    other.clock.freeze();
    await other.clock.travel('2024-03-01T00:00:00Z');
    const gone = await withCookie(other, ann);
    expect([gone.status, gone.headers.getSetCookie()[0]?.includes('Max-Age=0')]).toEqual([403, true]);
  });

  it('remembers somebody when the session is over', async () => {
    await using gateway = await start(', remember: true, remember_rolling_timeout: 7200, rolling_timeout: 100');
    const answer = await login(gateway);
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^remember=[\w-]+; Path=\/; SameSite=Strict; Secure; HttpOnly; Expires=Fri, 01 Mar 2024 02:00:00 GMT; Max-Age=7200$/,
    );
    await gateway.clock.advance(3_600_000);
    const renewed = await withCookie(gateway, cookiesOf(answer));
    expect([renewed.status, renewed.headers.getSetCookie().map((one) => one.split('=')[0])]).toEqual([200, ['remember', 'session']]);
    await gateway.clock.advance(7_201_000);
    expect((await withCookie(gateway, cookiesOf(renewed))).status).toBe(403);
  });

  it('tells of the session whom it shall', async () => {
    await using gateway = await start(
      ', response_headers: [id, audience, subject, timeout, rolling-timeout, absolute-timeout], request_headers: [idling-timeout]',
    );
    const answer = await login(gateway);
    const told = (one: Response): unknown =>
      ['audience', 'subject', 'timeout', 'rolling-timeout', 'absolute-timeout'].map((name) => one.headers.get(`session-${name}`));
    expect(told(answer)).toEqual(['default', 'ann', '900', '3600', '86400']);
    await gateway.clock.advance(10_000);
    const again = await withCookie(gateway, cookiesOf(answer));
    expect(again.headers.get('session-id')).toBe(answer.headers.get('session-id'));
    expect(told(again)).toEqual(['default', 'ann', '890', '3590', '86390']);
    expect((await seenBy(again)).headers['session-idling-timeout']).toBe('890');
  });

  it('forgets a stored session when it is left, and soon after it was renewed', async () => {
    await using gateway = await start(', storage: kong, rolling_timeout: 100, stale_ttl: 10');
    const first = cookiesOf(await login(gateway));
    await gateway.clock.advance(80_000);
    const second = cookiesOf(await withCookie(gateway, first));
    expect(second).not.toBe(first);
    await gateway.clock.advance(9_000);
    expect((await withCookie(gateway, first)).status).toBe(200);
    await gateway.clock.advance(1_000);
    expect((await withCookie(gateway, first)).status).toBe(403);
    await withCookie(gateway, second, { method: 'DELETE', target: '/?session_logout' });
    expect((await withCookie(gateway, second)).status).toBe(403);
  });
});
