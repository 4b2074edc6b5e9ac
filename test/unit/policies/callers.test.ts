import { describe, expect, it } from 'vitest';
import { apiKeyKind, type ApiKeyOptions } from '../../../src/policies/api-key.ts';
import { basicKind } from '../../../src/policies/basic.ts';
import { scopesKind } from '../../../src/policies/scopes.ts';
import { request, stepOf, verdict } from './step.ts';

const consumer = (id: string) => ({ id, username: id, customId: '', groups: [] });

describe('the api-key step', () => {
  const options: ApiKeyOptions = {
    from: [
      { in: 'header', name: 'X-Key', scheme: '' },
      { in: 'query', name: 'key' },
      { in: 'cookie', name: 'key' },
    ],
    keys: [{ key: 's3cret', consumer: consumer('ann') }],
    hide: false,
  };
  it.each([
    [{ headers: ['x-key', 's3cret'] }, 'pass'],
    [{ target: '/?a=1&key=s3cret' }, 'pass'],
    [{ headers: ['Cookie', 'a=1; key=s3cret'] }, 'pass'],
    [{}, 'unauthenticated: no API key was presented'],
    [{ headers: ['X-Key', ''] }, 'unauthenticated: no API key was presented'],
    [{ headers: ['X-Key', 'S3CRET'] }, 'unauthenticated: the API key is not known'],
    [{ headers: ['X-Key', '__proto__'] }, 'unauthenticated: the API key is not known'],
    [{ headers: ['X-Key', 's3cret', 'X-Key', 's3cret'] }, 'unauthenticated: no API key was presented'],
  ])('%j: %s', async (asked, outcome) => expect(await verdict(stepOf(apiKeyKind, options), request(asked))).toBe(outcome));
  it('says who calls', async () => {
    const exchange = request({ headers: ['X-Key', 's3cret'] });
    await verdict(stepOf(apiKeyKind, options), exchange);
    expect(exchange.caller).toEqual({ consumer: consumer('ann'), credential: { id: 'ann', kind: 'api-key' } });
  });
  it('hides the key from the upstream, and nothing else', async () => {
    const exchange = request({ target: '/?key=s3cret&b=%20&c', headers: ['X-Key', 's3cret', 'Cookie', 'a=1; key=s3cret; b=2', 'X-Other', '1'] });
    await verdict(stepOf(apiKeyKind, { ...options, hide: true }), exchange);
    expect(exchange.query).toBe('b=%20&c');
    expect(exchange.outgoing.headers.raw).toEqual(['Cookie', 'a=1; b=2', 'X-Other', '1']);
    expect(exchange.arrived.headers.get('x-key')).toBe('s3cret');
  });
  it('refuses keys that are empty or shared', () => {
    const keys = (...all: string[]) => ({ ...options, keys: all.map((key) => ({ key, consumer: consumer('x') })) });
    expect(() => stepOf(apiKeyKind, keys(''))).toThrow(/DG1209/);
    expect(() => stepOf(apiKeyKind, keys('a', 'a'))).toThrow(/DG1206/);
  });
});

describe('the basic step', () => {
  const step = stepOf(basicKind, {
    users: [
      { user: 'ann', password: 'a:b', consumer: consumer('ann') },
      { user: 'empty', password: '', consumer: consumer('e') },
    ],
    realm: 'here',
    hide: true,
  });
  const coded = (text: string) => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];
  it.each([
    [coded('ann:a:b'), 'pass'],
    [coded('empty:'), 'pass'],
    [coded('ann:a'), 'unauthenticated: the user or the password is wrong'],
    [coded('nobody:'), 'unauthenticated: the user or the password is wrong'],
    [coded('ann'), 'unauthenticated: the Authorization field does not hold one pair of credentials'],
    [[...coded('ann:a:b'), ...coded('ann:a:b')], 'unauthenticated: the Authorization field does not hold one pair of credentials'],
    [[], 'unauthenticated: no credentials were presented'],
  ])('%j: %s', async (headers, outcome) => expect(await verdict(step, request({ headers }))).toBe(outcome));
  it('says who calls, hides the credentials and names its realm', async () => {
    const exchange = request({ headers: coded('ann:a:b') });
    await step(exchange);
    expect(exchange.caller.consumer?.id).toBe('ann');
    expect(exchange.outgoing.headers.has('authorization')).toBe(false);
    expect(await step(request())).toMatchObject({ fault: { detail: { scheme: 'Basic', realm: 'here', missing: true } } });
  });
});

describe('the scopes step', () => {
  it.each([
    ['any', { scope: 'a x' }, 'pass'],
    ['all', { scope: 'a x' }, 'forbidden'],
    ['all', { scp: ['b', 'a'] }, 'pass'],
    ['any', { scope: ['c'] }, 'forbidden'],
    ['any', undefined, 'forbidden'],
  ] as const)('%s of a, b in %j: %s', async (match, claims, outcome) => {
    const exchange = request();
    if (claims !== undefined) exchange.caller.claims = claims;
    expect(await verdict(stepOf(scopesKind, { scopes: ['a', 'b'], match }), exchange)).toMatch(new RegExp(`^${outcome}`));
  });
});
