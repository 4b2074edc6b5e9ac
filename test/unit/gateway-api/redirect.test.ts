import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { replacePrefix } from '../../../src/dialects/gateway-api/filters/path-modifier.ts';
import { ruleOf } from './rule.ts';

const redirect = (settings: string): string => `filters: [{ type: RequestRedirect, requestRedirect: ${settings} }]`;

it.each([
  ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
  ['/foo', '/foo', '/xyz', '/xyz'],
  ['/foo/', '/foo', '/xyz', '/xyz/'],
  ['/foo/bar', '/foo', '', '/bar'],
  ['/foo/', '/foo', '', '/'],
  ['/foo', '/foo', '', '/'],
  ['/foo/', '/foo', '/', '/'],
  ['/foo', '/foo', '/', '/'],
  ['/foo', '/', '/xyz', '/xyz/foo'],
])('%s, matched by %s and replaced by %j, is %s', (path, prefix, replacement, made) => {
  expect(replacePrefix(path, prefix, replacement)).toBe(made);
});

it('a replaced prefix leaves a path that starts with a slash', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (rest, replacement) => replacePrefix(`/a/${rest}`, '/a', replacement).startsWith('/')));
});

describe('the place that a redirect leads to', () => {
  it.each([
    ['{}', false, 80, 'http://a.test/x?q=1'],
    ['{}', false, 8080, 'http://a.test:8080/x?q=1'],
    ['{ port: 80 }', false, 8080, 'http://a.test/x?q=1'],
    ['{ port: 8443 }', false, 80, 'http://a.test:8443/x?q=1'],
    ['{ scheme: https }', false, 8080, 'https://a.test/x?q=1'],
    ['{ scheme: https, port: 443 }', false, 80, 'https://a.test/x?q=1'],
    ['{ scheme: https, port: 8443 }', false, 80, 'https://a.test:8443/x?q=1'],
    ['{}', true, 443, 'https://a.test/x?q=1'],
    ['{ scheme: http, port: 8080 }', true, 443, 'http://a.test:8080/x?q=1'],
    ['{ hostname: b.test }', false, 80, 'http://b.test/x?q=1'],
    ['{ path: { type: ReplaceFullPath, replaceFullPath: /new } }', false, 80, 'http://a.test/new?q=1'],
    ['{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } }', false, 80, 'http://a.test/new/x?q=1'],
  ])('%s, secure: %s, port %i', async (settings, secure, port, location) => {
    const rule = ruleOf(redirect(settings));
    const sent = await rule.send('/x?q=1', { secure, port });
    expect([sent.status, sent.headers.get('location')]).toEqual([302, location]);
    expect(rule.asked).toEqual([]);
  });

  it('does not repeat the port that the client wrote', async () => {
    const sent = await ruleOf(redirect('{}')).send('/', { host: 'a.test:8080' });
    expect(sent.headers.get('location')).toBe('http://a.test/');
  });
});

it.each([301, 303, 307, 308])('status %i', async (status) => {
  expect((await ruleOf(redirect(`{ statusCode: ${status} }`)).send()).status).toBe(status);
});

it('a status that no redirect has is refused', () => {
  expect(ruleOf(redirect('{ statusCode: 200 }')).ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1203' })]);
});

it('a prefix is not replaced where none was matched', async () => {
  const rule = ruleOf(redirect('{ path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } }'), { prefix: '' });
  expect((await rule.send('/x')).status).toBe(500);
});
