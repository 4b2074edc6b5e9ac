import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { guarded, seenBy, startKong } from './start-kong.ts';

describe('hmac-auth', () => {
  const config = (more = ''): string =>
    guarded(
      `[{ name: hmac-auth, config: { clock_skew: 60, hide_credentials: true ${more} } }]`,
      `consumers:
  - username: ann
    hmacauth_credentials: [{ username: ann-key, secret: a-secret }]
`,
    );
  const date = 'Tue, 14 Nov 2023 22:13:20 GMT';
  const signed = (names: string, text: string, algorithm = 'sha256', secret = 'a-secret'): string =>
    `hmac username="ann-key", algorithm="hmac-${algorithm}", headers="${names}", signature="${createHmac(algorithm, secret).update(text).digest('base64')}"`;
  const signedRequest = async (gateway: Gateway, headers: Record<string, string>, body?: string): Promise<Response> => {
    gateway.clock.freeze();
    await gateway.clock.travel(date);
    return gateway.fetch(
      new Request('http://localhost/a?b=c', { method: body === undefined ? 'GET' : 'POST', headers, ...(body === undefined ? {} : { body }) }),
    );
  };

  it.each([
    ['date', `date: ${date}`, 'sha256'],
    ['date', `date: ${date}`, 'sha1'],
    ['date request-line', `date: ${date}\nGET /a?b=c HTTP/1.1`, 'sha512'],
    ['date @request-target', `date: ${date}\n@request-target: get /a?b=c`, 'sha384'],
    ['date x-none', `date: ${date}\nx-none:`, 'sha256'],
  ])('takes a signature over %s', async (names, text, algorithm) => {
    await using gateway = await startKong(config());
    const answer = await signedRequest(gateway, { date, authorization: signed(names, text, algorithm) });
    expect(answer.status).toBe(200);
    const { headers: seen } = await seenBy(answer);
    expect(seen).toMatchObject({ 'x-consumer-username': 'ann', 'x-credential-identifier': 'ann-key' });
    expect(seen).not.toHaveProperty('authorization');
  });

  it.each([
    ['nothing', {}, 'Unauthorized'],
    [
      'no date',
      { authorization: signed('date', `date: ${date}`) },
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
    [
      'an old date',
      { date: 'Tue, 14 Nov 2023 22:11:20 GMT', authorization: signed('date', 'x') },
      'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    ],
    ['another secret', { date, authorization: signed('date', `date: ${date}`, 'sha256', 'other') }, 'HMAC signature does not match'],
    ['another scheme', { date, authorization: 'Basic YTpi' }, 'HMAC signature cannot be verified'],
    ['an unknown user', { date, authorization: signed('date', `date: ${date}`).replace('ann-key', 'bob') }, 'HMAC signature cannot be verified'],
  ])('refuses %s', async (_, headers, message) => {
    await using gateway = await startKong(config(', realm: shop'));
    const answer = await signedRequest(gateway, headers as Record<string, string>);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'hmac realm="shop"']);
    expect(await answer.json()).toMatchObject({ message });
  });

  it('allows exactly the skew that it is given, in whole seconds', async () => {
    await using gateway = await startKong(config());
    gateway.clock.freeze();
    const request = (): Request => new Request('http://localhost/', { headers: { date, authorization: signed('date', `date: ${date}`) } });
    await gateway.clock.travel(Date.parse(date) + 60_999);
    expect((await gateway.fetch(request())).status).toBe(200);
    await gateway.clock.travel(Date.parse(date) + 61_000);
    expect((await gateway.fetch(request())).status).toBe(401);
  });

  it.each([
    ['clock_skew: 0', 'a', 'DG1203'],
    ['algorithms: [hmac-md5]', 'a', 'DG1203'],
    ['realm: shop', "''", 'DG1204'],
  ])('refuses {%s} with a credential of the name %s', async (settings, username, code) => {
    const more = `consumers: [{ username: ann, hmacauth_credentials: [{ username: ${username}, secret: s }] }]\n`;
    await expect(startKong(guarded(`[{ name: hmac-auth, config: { ${settings} } }]`, more))).rejects.toMatchObject({ code });
  });

  it('wants what must be signed, an algorithm that is allowed, and a digest that holds', async () => {
    await using enforced = await startKong(config(', enforce_headers: [date, request-line], algorithms: [hmac-sha256]'));
    const both = `date: ${date}\nGET /a?b=c HTTP/1.1`;
    expect((await signedRequest(enforced, { date, authorization: signed('date', `date: ${date}`) })).status).toBe(401);
    expect((await signedRequest(enforced, { date, authorization: signed('date request-line', both, 'sha1') })).status).toBe(401);
    expect((await signedRequest(enforced, { date, authorization: signed('date request-line', both) })).status).toBe(200);

    await using bodies = await startKong(config(', validate_request_body: true'));
    const authorization = signed('date', `date: ${date}`);
    const digest = `SHA-256=${createHash('sha256').update('hello').digest('base64')}`;
    expect((await signedRequest(bodies, { date, authorization, digest }, 'hello')).status).toBe(200);
    expect((await signedRequest(bodies, { date, authorization, digest }, 'hallo')).status).toBe(401);
    expect((await signedRequest(bodies, { date, authorization }, 'hello')).status).toBe(401);
    expect((await signedRequest(bodies, { date, authorization })).status).toBe(200);
  });
});
