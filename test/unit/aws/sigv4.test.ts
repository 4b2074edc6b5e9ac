import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../../src/dialects/aws/iam/sigv4.ts';
import { Fields } from '../../../src/http/fields.ts';
import { localEnv, signed } from './sign.ts';
import { canonicalPath, canonicalQuery } from '../../../src/dialects/aws/iam/canonical-request.ts';

/** AWS's published test suite of Signature Version 4: its key, its date, its signatures. */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: null };
const at = Date.parse('2015-08-30T12:36:00Z');
const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267';

interface Vector {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly signed?: string;
  readonly signature: string;
}
const vectors: Readonly<Record<string, Vector>> = {
  'get-vanilla': { signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  'post-vanilla': { method: 'POST', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  'get-unreserved': {
    target: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  'get-slashes': { target: '//example//', signature: '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84' },
  'get-vanilla-query-order-key-case': {
    target: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'get-vanilla-query-order-value': {
    target: '/?Param1=value2&Param1=value1',
    signature: '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
  },
  'get-vanilla-utf8-query': { target: '/?\u1234=bar', signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04' },
  'get-header-value-order': {
    headers: ['My-Header1', 'value4', 'My-Header1', 'value1', 'My-Header1', 'value3', 'My-Header1', 'value2'],
    signed: 'host;my-header1;x-amz-date',
    signature: '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  },
  'get-header-key-duplicate': {
    headers: ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],
    signed: 'host;my-header1;x-amz-date',
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  'get-header-value-trim': {
    headers: ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    signed: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  'post-x-www-form-urlencoded': {
    method: 'POST',
    headers: ['Content-Type', 'application/x-www-form-urlencoded'],
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  'post-sts-header-before': {
    headers: ['X-Amz-Security-Token', token],
    signed: 'host;x-amz-date;x-amz-security-token',
    signature: '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
  },
};

type Changes = Partial<Vector> & { readonly now?: number; readonly scope?: string; readonly key?: string };
function check(name: string, changes: Changes = {}, service = 'service', known: Parameters<typeof verifySignature>[2] = credentials) {
  const { method = 'GET', target = '/', headers = [], body = '', signed = 'host;x-amz-date', signature } = { ...vectors[name], ...changes } as Vector;
  const { now = at, scope = '20150830/us-east-1/service/aws4_request', key = 'AKIDEXAMPLE' } = changes;
  const [path = '', query = ''] = target.split('?');
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  const fields = ['Host', 'example.amazonaws.com', 'X-Amz-Date', '20150830T123600Z', ...headers, 'Authorization', authorization];
  return verifySignature({ method, path, query, headers: new Fields(fields) }, () => Buffer.from(body), known, service, now);
}

describe('Signature Version 4', () => {
  it.each(Object.keys(vectors))('%s of the published suite is good', async (name) => {
    const withToken = name.includes('sts') ? { ...credentials, sessionToken: token } : credentials;
    expect(await check(name, {}, 'service', withToken)).toBeUndefined();
  });

  it('paths of the suite are encoded once more than they come', () => {
    expect(canonicalPath('/example space/')).toBe('/example%20space/');
    expect(canonicalPath('/\u1234')).toBe('/%E1%88%B4');
    expect(canonicalPath('/a%2Fb/./c/../d')).toBe('/a%252Fb/d');
    expect(canonicalPath('')).toBe('/');
    expect(canonicalQuery('b&a=1=2&X-Amz-Signature=0&a=%20')).toBe('a=%20&a=1%3D2&b=');
  });

  it.each<[string, Changes, string, string]>([
    ['another signature', { signature: '0'.repeat(64) }, 'InvalidSignatureException', 'The request signature we calculated does not match'],
    ['another body', { body: 'Param1=value2' }, 'InvalidSignatureException', 'The request signature we calculated does not match'],
    ['another path', { target: '/other' }, 'InvalidSignatureException', "'POST\n/other\n"],
    ['a signature that is no hex', { signature: 'no' }, 'InvalidSignatureException', 'The request signature we calculated'],
    ['an unknown key', { key: 'AKIDOTHER' }, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
    ['a clock that is late', { now: at + 300_001 }, 'InvalidSignatureException', 'Signature expired: 20150830T123600Z is now earlier than'],
    ['a clock that is early', { now: at - 300_001 }, 'InvalidSignatureException', 'Signature not yet current: 20150830T123600Z is still later'],
    ['another day', { scope: '20150831/us-east-1/service/aws4_request' }, 'InvalidSignatureException', 'Date in Credential scope does not match'],
    ['another service', { scope: '20150830/us-east-1/s3/aws4_request' }, 'InvalidSignatureException', "correct service: 'service'"],
    ['a short scope', { scope: '20150830' }, 'IncompleteSignatureException', 'Credential must have exactly 5 slash-delimited elements'],
    ['an unsigned host', { signed: 'x-amz-date' }, 'InvalidSignatureException', "'Host' or ':authority' must be a 'SignedHeader'"],
  ])('%s is refused', async (_, changes, errorType, words) => {
    const found = await check('post-x-www-form-urlencoded', changes);
    expect(found?.errorType).toBe(errorType);
    expect(found?.message).toContain(words);
  });

  it('nothing is good where there are no credentials, or another session token', async () => {
    expect((await check('get-vanilla', {}, 'service', null))?.errorType).toBe('UnrecognizedClientException');
    expect((await check('get-vanilla', {}, 'service', { ...credentials, sessionToken: token }))?.errorType).toBe('UnrecognizedClientException');
    expect((await check('post-sts-header-before'))?.errorType).toBe('UnrecognizedClientException');
  });

  it('of any request is good for that request alone', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '/', '%20', '%2F', '+', '~', '.', '=', '&', '*', "'", '%C3%A9', '%zz'), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, text, fc.string({ maxLength: 20 }), async (path, query, body) => {
        const request = signed(`/${path}?${query}`, { method: 'POST', body, at });
        const [, target = ''] = /^http:\/\/localhost(.*)$/.exec(request.url) ?? [];
        // What a URL makes of dots is another path.
        fc.pre(target === `/${path}?${query}`);
        const ask = (its: { query?: string; body?: string }) => {
          const headers = new Fields([...request.headers].flat());
          const known = { accessKeyId: localEnv.AWS_ACCESS_KEY_ID, secretAccessKey: localEnv.AWS_SECRET_ACCESS_KEY, sessionToken: null };
          const given = { method: 'POST', path: `/${path}`, query: its.query ?? query, headers };
          return verifySignature(given, () => Buffer.from(its.body ?? body), known, 'execute-api', at);
        };
        expect(await ask({})).toBeUndefined();
        expect(await ask({ query: `${query}&x` })).toBeDefined();
        expect(await ask({ body: `${body}x` })).toBeDefined();
      }),
    );
  });

  it('is refused, whatever stands there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.boolean(), async (header, query, isSigned) => {
        const authorization = isSigned ? `AWS4-HMAC-SHA256 ${header}` : header;
        const fields = new Fields(['Host', 'h', 'X-Amz-Date', query, 'Authorization', authorization]);
        const request = { method: 'GET', path: `/${header}`, query, headers: fields };
        expect(await verifySignature(request, () => Buffer.alloc(0), credentials, 'execute-api', at)).toBeDefined();
        const inQuery = { ...request, query: `X-Amz-Signature=${header}&X-Amz-Date=${query}&${query}`, headers: new Fields(['Host', 'h']) };
        expect(await verifySignature(inQuery, () => Buffer.alloc(0), credentials, 'execute-api', at)).toBeDefined();
      }),
    );
  });

  it('says what is not complete', async () => {
    const ask = (headers: readonly string[], query = '') =>
      verifySignature({ method: 'GET', path: '/', query, headers: new Fields([...headers]) }, () => Buffer.alloc(0), credentials, 'execute-api', at);
    expect((await ask([]))?.message).toBe('Missing Authentication Token');
    expect((await ask(['Authorization', 'Bearer abc']))?.message).toMatch(
      /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[\w+/]{43}='\.$/,
    );
    expect((await ask(['Authorization', 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request']))?.message).toBe(
      "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
    expect((await ask(['Authorization', 'a', 'Authorization', 'b']))?.errorType).toBe('IncompleteSignatureException');
    expect((await ask([], 'X-Amz-Signature=1'))?.message).toContain("must include 'X-Amz-Credential'");
  });
});
