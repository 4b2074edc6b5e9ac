import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { cookiePath } from '../../../src/dialects/gateway-api/backends/cookie-path.ts';
import { isLive, parseToken, pickOf, writeToken } from '../../../src/dialects/gateway-api/backends/session-token.ts';
import { noConnection, ruleOf } from './rule.ts';

const two = 'backendRefs: [{ name: a }, { name: b }]';
const cookieFrom = (field: string | undefined): string => (field ?? '').split(';')[0] as string;
const minute = 60_000;

describe('session persistence by cookie', () => {
  it('keeps a client with the backend that it had, and tells it once', async () => {
    const rule = ruleOf(`${two}\nsessionPersistence: { sessionName: stay }`);
    await rule.send();
    const first = await rule.send();
    const cookie = cookieFrom(first.headers.get('set-cookie'));
    expect(cookie).toMatch(/^stay=[\w.-]+$/);
    const others = [];
    for (let at = 0; at < 6; at += 1) others.push(await rule.send('/', { headers: ['Cookie', `other=1; ${cookie}`] }));
    expect(rule.asked.map(({ upstream }) => upstream)).toEqual(['shop/a:80', ...Array.from({ length: 7 }, () => 'shop/b:80')]);
    expect(others.map(({ headers }) => headers.get('set-cookie'))).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(rule.asked.at(-1)?.headers.get('cookie')).toBe(`other=1; ${cookie}`);
  });

  it('spreads those that come without one by weight, one backend included', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, weight: 3 }, { name: b }]\nsessionPersistence: {}');
    for (let at = 0; at < 8; at += 1) await rule.send();
    expect(rule.asked.filter(({ upstream }) => upstream === 'shop/a:80')).toHaveLength(6);
    const single = ruleOf('backendRefs: [{ name: a }]\nsessionPersistence: {}');
    expect((await single.send()).headers.get('set-cookie')).toMatch(/^gateway-session-[\w-]{16}=/);
  });

  it('is for the session of the browser, unless it is permanent', async () => {
    const session = await ruleOf(`${two}\nsessionPersistence: { sessionName: s, absoluteTimeout: 5m }`).send('/', { secure: true });
    expect(session.headers.get('set-cookie')).toMatch(/^s=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const permanent = ruleOf(
      `${two}\nsessionPersistence: { sessionName: s, absoluteTimeout: 5m, idleTimeout: 2m, cookieConfig: { lifetimeType: Permanent } }`,
    );
    const sent = await permanent.send();
    expect(sent.headers.get('set-cookie')).toMatch(/^s=[\w.-]+; Path=\/; Max-Age=300; HttpOnly; SameSite=Strict$/);
    await permanent.clock.advance(minute);
    const again = await permanent.send('/', { headers: ['Cookie', cookieFrom(sent.headers.get('set-cookie'))] });
    expect(again.headers.get('set-cookie')).toContain('Max-Age=240');
  });

  it('that is permanent and has the time 0s has no end, and its cookie no age', async () => {
    const rule = ruleOf(`${two}\nsessionPersistence: { sessionName: s, absoluteTimeout: 0s, cookieConfig: { lifetimeType: Permanent } }`);
    expect(rule.ledger.diagnostics).toEqual([]);
    expect((await rule.send()).headers.get('set-cookie')).not.toContain('Max-Age');
  });

  it('ends at its time, however busy it was', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, weight: 0 }, { name: b }]\nsessionPersistence: { sessionName: s, absoluteTimeout: 3m }');
    const old = writeToken({ picks: [pickOf('HTTPRoute shop/r ', 'shop/a:80')], createdAt: rule.clock.now(), usedAt: rule.clock.now() });
    const ask = async () => {
      const sent = await rule.send('/', { headers: ['Cookie', `s=${old}`] });
      return [rule.asked.at(-1)?.upstream, sent.headers.has('set-cookie')];
    };
    expect(await ask()).toEqual(['shop/a:80', false]);
    await rule.clock.advance(2 * minute);
    expect(await ask()).toEqual(['shop/a:80', false]);
    await rule.clock.advance(minute);
    expect(await ask()).toEqual(['shop/b:80', true]);
  });

  it('ends when it was idle, and is told anew while it is not', async () => {
    const rule = ruleOf(`${two}\nsessionPersistence: { sessionName: s, idleTimeout: 10m }`);
    let cookie = cookieFrom((await rule.send()).headers.get('set-cookie'));
    for (let at = 0; at < 3; at += 1) {
      await rule.clock.advance(9 * minute);
      const sent = await rule.send('/', { headers: ['Cookie', cookie] });
      cookie = cookieFrom(sent.headers.get('set-cookie'));
    }
    expect(rule.asked.map(({ upstream }) => upstream)).toEqual(Array.from({ length: 4 }, () => 'shop/a:80'));
    await rule.clock.advance(11 * minute);
    await rule.send('/', { headers: ['Cookie', cookie] });
    expect(rule.asked.at(-1)?.upstream).toBe('shop/b:80');
  });

  it('takes the first of several cookies of the name that it knows', async () => {
    const rule = ruleOf(`${two}\nsessionPersistence: { sessionName: s }`);
    await rule.send();
    const cookie = cookieFrom((await rule.send()).headers.get('set-cookie'));
    await rule.send('/', { headers: ['Cookie', `s=; s=nonsense; ${cookie}`] });
    await rule.send('/', { headers: ['Cookie', 's=x', 'Cookie', cookie] });
    expect(rule.asked.slice(2).map(({ upstream }) => upstream)).toEqual(['shop/b:80', 'shop/b:80']);
  });

  it.each([
    ['of another rule', [pickOf('HTTPRoute shop/other ', 'shop/b:80')], 0],
    ['of the future', [pickOf('HTTPRoute shop/r ', 'shop/b:80')], 1],
    ['that names nobody', ['AAAAAAAAAAAAAAAA'], 0],
  ])('a token %s chooses anew', async (_, picks, ahead) => {
    const rule = ruleOf(`${two}\nsessionPersistence: { sessionName: s }`);
    const at = rule.clock.now() + ahead;
    const sent = await rule.send('/', { headers: ['Cookie', `s=${writeToken({ picks, createdAt: at, usedAt: at })}`] });
    expect([rule.asked[0]?.upstream, sent.headers.has('set-cookie')]).toEqual(['shop/a:80', true]);
  });

  it('gives no token with a failure, and none that leads nowhere', async () => {
    const failing = ruleOf(`${two}\nsessionPersistence: {}`, { answer: () => noConnection });
    expect((await failing.send()).headers.has('set-cookie')).toBe(false);
    const gone = ruleOf('backendRefs: [{ name: gone }]\nsessionPersistence: {}');
    const sent = await gone.send();
    expect([sent.status, sent.headers.has('set-cookie')]).toEqual([500, false]);
  });

  it('keeps to a backend of weight 0, where nobody else comes', async () => {
    const rule = ruleOf('backendRefs: [{ name: a, weight: 0 }]\nsessionPersistence: { sessionName: s }');
    expect((await rule.send()).status).toBe(500);
    const token = writeToken({ picks: [pickOf('HTTPRoute shop/r ', 'shop/a:80')], createdAt: 0, usedAt: 0 });
    expect((await rule.send('/', { headers: ['Cookie', `s=${token}`] })).status).toBe(200);
  });
});

describe('session persistence by a field', () => {
  it('gives the token in the answer and takes it from the request', async () => {
    const rule = ruleOf(`${two}\nsessionPersistence: { type: Header, sessionName: X-Session }`);
    await rule.send();
    const token = (await rule.send()).headers.get('x-session') ?? '';
    const sent = await rule.send('/', { headers: ['x-session', token] });
    expect(rule.asked.map(({ upstream }) => upstream)).toEqual(['shop/a:80', 'shop/b:80', 'shop/b:80']);
    expect([sent.headers.has('x-session'), sent.headers.has('set-cookie')]).toEqual([false, false]);
  });
});

describe('settings of session persistence that cannot be', () => {
  it.each([
    ['a permanent cookie without an end', 'cookieConfig: { lifetimeType: Permanent }'],
    ['a name with a blank', "sessionName: 'a b'"],
    ['a field that frames the message', 'type: Header, sessionName: Content-Length'],
    ['a type that nobody knows', 'type: Address'],
  ])('%s', (_, settings) => {
    const { ledger } = ruleOf(`${two}\nsessionPersistence: { ${settings} }`);
    expect(ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1203', severity: 'error' })]);
  });
});

describe('tokens and paths of sessions', () => {
  it('what is written is read; anything else is nothing or harmless', () => {
    const pick = fc.string().map((text) => pickOf('rule', text));
    const time = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(fc.array(pick, { minLength: 1, maxLength: 4 }), time, time, (picks, createdAt, usedAt) => {
        expect(parseToken(writeToken({ picks, createdAt, usedAt }))).toEqual({ picks, createdAt, usedAt });
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const token = parseToken(text);
        return token === undefined || writeToken(token) === text || isLive(token, 0, { absoluteMs: 1, idleMs: 1 }) === false;
      }),
    );
  });

  it.each([
    ['Exact', '/a/b', '/a/b'],
    ['PathPrefix', '/a/', '/a'],
    ['PathPrefix', '/', '/'],
    ['PathPrefix', '/a;b', '/'],
    ['RegularExpression', '/p1/p2/.*/p3', '/p1/p2'],
    ['RegularExpression', '^/p1/p2/[a-z]+', '/p1/p2'],
    ['RegularExpression', '/fo*', '/'],
    ['RegularExpression', '/a/x|/b', '/'],
    ['RegularExpression', '/a/b', '/a/b'],
  ] as const)('%s %s: %s', (type, value, path) => {
    expect(cookiePath({ type, value })).toBe(path);
  });
});
