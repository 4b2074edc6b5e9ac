import { describe, expect, it } from 'vitest';
import { originCheck } from '../../../src/dialects/gateway-api/filters/cors.ts';
import { answer, ruleOf } from './rule.ts';

const rule = (cors: string, headers: string[] = []) =>
  ruleOf(`filters: [{ type: CORS, cors: ${cors} }]\nbackendRefs: [{ name: a }]`, { answer: () => answer(200, [...headers]) });
const preflight = { method: 'OPTIONS', headers: ['Origin', 'https://www.foo.test', 'Access-Control-Request-Method', 'PUT'] };
const wanting = { ...preflight, headers: [...preflight.headers, 'Access-Control-Request-Headers', 'x-1, x-2'] };
const simple = { headers: ['Origin', 'https://www.foo.test'] };

it.each([
  ['https://www.foo.test', true],
  ['HTTPS://WWW.FOO.TEST', true],
  ['http://www.foo.test', false],
  ['https://a.bar.test', true],
  ['https://a.b.bar.test', true],
  ['https://bar.test', false],
  ['https://.bar.test.evil.test', false],
  ['https://evil.test/.bar.test', false],
  ['https://a.bar.test:8443', false],
  ['https://a.port.test:8443', true],
  ['null', false],
])('the origin %s', (origin, allowed) => {
  expect(originCheck(['https://www.foo.test', 'https://*.bar.test', 'https://*.port.test:8443'])(origin)).toBe(allowed);
});

it.each([
  ['https://*', 'https://a.b.test', true],
  ['https://*', 'http://a.b.test', false],
  ['https://*', 'https://a.test:8443', false],
  ['https://api.*.test', 'https://api.a.b.test', true],
  ['https://api.*.test', 'https://api.test', false],
  ['https://*.a-*.test', 'https://x.a-b.test', true],
  ['https://a.test:443', 'https://a.test', true],
  ['http://*.a.test:80', 'http://b.a.test', true],
  ['http://a.test:443', 'http://a.test', false],
  ['https://a.test', 'https://a+test', false],
])('of %s the origin %s: %s', (allowed, origin, is) => expect(originCheck([allowed])(origin)).toBe(is));

describe('preflight requests', () => {
  it('are answered with what is allowed', async () => {
    const one = rule(
      '{ allowOrigins: [https://www.foo.test], allowMethods: [GET, PUT], allowHeaders: [x-1], exposeHeaders: [x-3], allowCredentials: true, maxAge: 60 }',
    );
    const sent = await one.send('/', preflight);
    expect([sent.status, ...sent.headers.raw]).toEqual([
      204,
      'Access-Control-Allow-Methods',
      'GET, PUT',
      'Access-Control-Allow-Headers',
      'x-1',
      'Access-Control-Max-Age',
      '60',
      'Access-Control-Allow-Origin',
      'https://www.foo.test',
      'Access-Control-Allow-Credentials',
      'true',
      'Access-Control-Expose-Headers',
      'x-3',
    ]);
    expect(one.asked).toEqual([]);
  });

  it('of other origins are answered without a word of what is allowed', async () => {
    const one = rule('{ allowOrigins: [https://b.test], allowMethods: [PUT] }');
    const sent = await one.send('/', preflight);
    expect([sent.status, sent.headers.raw, one.asked]).toEqual([204, [], []]);
  });

  it('get what they asked for where everything is allowed', async () => {
    const { headers } = await rule('{ allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], allowCredentials: true }').send('/', wanting);
    expect(headers.get('access-control-allow-methods')).toBe('PUT');
    expect(headers.get('access-control-allow-headers')).toBe('x-1, x-2');
    expect(headers.get('access-control-allow-origin')).toBe('https://www.foo.test');
  });

  it('are kept for five seconds where nothing is said', async () => {
    expect((await rule('{ allowOrigins: ["*"] }').send('/', preflight)).headers.get('access-control-max-age')).toBe('5');
  });

  it('are only those that ask for a method', async () => {
    const one = rule('{ allowOrigins: ["*"] }');
    await one.send('/', { method: 'OPTIONS', headers: simple.headers });
    expect(one.asked).toHaveLength(1);
  });
});

describe('other requests', () => {
  it('of any origin get a star, or their origin where credentials are allowed', async () => {
    expect((await rule('{ allowOrigins: ["*"] }').send('/', simple)).headers.raw).toEqual(['Access-Control-Allow-Origin', '*']);
    const { headers } = await rule('{ allowOrigins: ["*"], allowCredentials: true, exposeHeaders: ["*"] }', ['X-A', '1']).send('/', simple);
    expect(headers.get('access-control-allow-origin')).toBe('https://www.foo.test');
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-expose-headers')).toBe('x-a');
  });

  it('of origins that are not allowed do not see what a backend allows', async () => {
    const { headers } = await rule('{ allowOrigins: [https://b.test] }', ['Access-Control-Allow-Origin', '*']).send('/', simple);
    expect(headers.raw).toEqual([]);
  });

  it('without an origin are left alone', async () => {
    expect((await rule('{ allowOrigins: ["*"] }').send()).headers.raw).toEqual([]);
  });
});
