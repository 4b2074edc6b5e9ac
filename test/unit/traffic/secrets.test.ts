import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { isSecretName } from '../../../src/traffic/tape/secret-names.ts';
import { Redactor } from '../../../src/traffic/tape/secrets.ts';
import { StandIns } from '../../../src/traffic/tape/stand-ins.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
const redact = (): { standIns: StandIns; redactor: Redactor } => {
  const standIns = new StandIns();
  return {
    standIns,
    redactor: new Redactor(
      (secret) => standIns.for(secret),
      (name) => name === 'x-partner',
    ),
  };
};

describe('names of secrets', () => {
  it.each([
    'APIToken',
    'password2',
    'secretKey',
    'Authorization',
    'X-Api-Key',
    'apikey',
    'api_key',
    'apiKey',
    'APIKEY',
    'access_token',
    'refreshToken',
    'client-secret',
    'user[password]',
    'sessionId',
    'X-Amz-Security-Token',
    'Ocp-Apim-Subscription-Key',
  ])('%s is one', (name) => expect(isSecretName(name)).toBe(true));
  it.each([
    'prompt_tokens',
    'nextPageToken',
    'token_type',
    'tokenizer',
    'X-Request-Id',
    'authority',
    'expires_in',
    'secretary',
    'key',
    'design',
    'Content-Type',
    'code',
  ])('%s is none', (name) => expect(isSecretName(name)).toBe(false));
});

describe('what goes into a file', () => {
  const secret = 'S3cr3t/+ value"1';
  it.each<[string, (redactor: Redactor) => string, string]>([
    ['a bearer token', (one) => one.fields(['Authorization', `Bearer ${secret}`]).join(), 'Authorization,Bearer devgateway-redacted-1'],
    [
      'basic credentials',
      (one) => one.fields(['authorization', `Basic ${Buffer.from('ann:pw').toString('base64')}`]).join(),
      'authorization,Basic devgateway-redacted-2',
    ],
    ['cookies', (one) => one.fields(['Cookie', `a=${secret}; b=2`]).join(), 'Cookie,a=devgateway-redacted-1; b=devgateway-redacted-2'],
    [
      'a cookie that is set',
      (one) => one.fields(['Set-Cookie', `sid=${secret}; Path=/; HttpOnly`]).join(),
      'Set-Cookie,sid=devgateway-redacted-1; Path=/; HttpOnly',
    ],
    ['a key that the configuration names', (one) => one.fields(['X-Partner', secret]).join(), 'X-Partner,devgateway-redacted-1'],
    ['a query parameter', (one) => one.target('/a?x=1&api_key=S3%20cr3t&y'), '/a?x=1&api_key=devgateway-redacted-1&y'],
    ['a query parameter that the configuration names', (one) => one.target('/a?x-partner=abc'), '/a?x-partner=devgateway-redacted-1'],
    [
      'a URL in a field',
      (one) => one.fields(['Location', 'https://x.example/cb?a=1&access_token=abc#id_token=def']).join(),
      'Location,https://x.example/cb?a=1&access_token=devgateway-redacted-1#id_token=devgateway-redacted-2',
    ],
    [
      'a member of JSON',
      (one) => one.text(`{ "a": 1, "password" : ${JSON.stringify(secret)} }`, 'application/json'),
      '{ "a": 1, "password" : "devgateway-redacted-1" }',
    ],
    ['a number', (one) => one.text('{"otp":123456}', ''), '{"otp":0}'],
    ['a list', (one) => one.text('{"tokens":["abc", 7],"b":["x"]}', ''), '{"tokens":["devgateway-redacted-1", 7],"b":["x"]}'],
    ['a map of secrets', (one) => one.text('{"credentials":[{"id":"abc"}],"b":"x"}', ''), '{"credentials":[{"id":"devgateway-redacted-1"}],"b":"x"}'],
    [
      'a session that is no secret itself',
      (one) => one.text('{"session":{"user":"ann","token":"abc"}}', ''),
      '{"session":{"user":"ann","token":"devgateway-redacted-1"}}',
    ],
    [
      'JSON within JSON',
      (one) => one.text(JSON.stringify({ a: JSON.stringify({ n: 1, token: 'abc' }) }), ''),
      JSON.stringify({ a: JSON.stringify({ n: 1, token: 'devgateway-redacted-1' }) }),
    ],
    [
      'JSON within a page',
      (one) => one.text('<script>x = {"token": "abc"}</script><p>"', 'text/html'),
      '<script>x = {"token": "devgateway-redacted-1"}</script><p>"',
    ],
    ['JSON that is broken', (one) => one.text('say "hello\\" {"token":"abc"', ''), 'say "hello\\" {"token":"devgateway-redacted-1"'],
    [
      'a form',
      (one) => one.text('user=ann&password=a+b&grant_type=authorization_code&code=xyz', 'application/x-www-form-urlencoded'),
      'user=ann&password=devgateway-redacted-1&grant_type=authorization_code&code=devgateway-redacted-2',
    ],
    [
      'an element of XML',
      (one) => one.text('<u><password k="1">abc</password><n>ann</n></u>', 'text/xml'),
      '<u><password k="1">devgateway-redacted-1</password><n>ann</n></u>',
    ],
    [
      'a part of multipart',
      (one) => one.text('--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\nabc\r\n--b--', 'multipart/form-data'),
      '--b\r\nContent-Disposition: form-data; name="secret"\r\n\r\ndevgateway-redacted-1\r\n--b--',
    ],
    [
      'the signature of a token, anywhere',
      (one) => one.text(`see ${jwt}.`, 'text/plain'),
      `see ${jwt.slice(0, jwt.lastIndexOf('.'))}.devgateway-redacted.`,
    ],
    [
      'a token that is a secret',
      (one) => one.text(`{"access_token":"${jwt}"}`, ''),
      `{"access_token":"${jwt.slice(0, jwt.lastIndexOf('.'))}.devgateway-redacted"}`,
    ],
    ['a code that says what went wrong', (one) => one.text('code=not_found', 'application/x-www-form-urlencoded'), 'code=not_found'],
  ])('%s', (_, act, expected) => expect(act(redact().redactor)).toBe(expected));

  it('has a secret nowhere, in whatever form it stands there', () => {
    const { standIns, redactor } = redact();
    redactor.fields(['Authorization', `Bearer ${secret}`]);
    const forms = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      encodeURIComponent(secret).replaceAll('%20', '+'),
      Buffer.from(secret).toString('base64url'),
    ];
    expect(standIns.takeNew()(forms.join(' | '))).toBe(
      'devgateway-redacted-1 | "devgateway-redacted-1" | devgateway-redacted-1 | devgateway-redacted-1 | devgateway-redacted-1',
    );
    expect(standIns.takeNew()(secret)).toBe(secret);
    expect(standIns.all()(secret)).toBe('devgateway-redacted-1');
  });

  it('keeps what is there already, and counts on from it', () => {
    const standIns = new StandIns(7);
    expect([standIns.for('devgateway-redacted-3'), standIns.for('new secret'), standIns.for('new secret')]).toEqual([
      'devgateway-redacted-3',
      'devgateway-redacted-8',
      'devgateway-redacted-8',
    ]);
  });

  it('never holds the value of a secret member, and changes nothing else of any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ minLength: 12, unit: 'grapheme' }), (json, value) => {
        const { redactor } = redact();
        const text = JSON.stringify({ before: 1, client_secret: value, after: [2] });
        expect(redactor.text(text, 'application/json')).toBe('{"before":1,"client_secret":"devgateway-redacted-1","after":[2]}');
        const plain = `{"data":${json.replaceAll(/[a-z]/gi, 'x')}}`;
        expect(redactor.text(plain, 'application/json')).toBe(plain);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const { redactor } = redact();
    for (const piece of [
      '"',
      '"a":',
      '<a>',
      '<a ',
      'name="x"\r\n',
      'eyJaaaaaaaa.eyJ',
      '-eyJ',
      'eyJaaaaaaaa.eyJaa-',
      '?a=',
      '\\"',
      '[',
      '{"token":',
      '"a" ',
      '[',
      '{"token":',
      '"a" ',
    ]) {
      const started = performance.now();
      redactor.text(piece.repeat(200_000 / piece.length), 'multipart/form-data');
      expect(performance.now() - started, piece).toBeLessThan(1_000);
    }
  });
});
