import { describe, expect, it } from 'vitest';
import { compileOrigins } from '../../../../src/dialects/kong/plugins/cors-origins.ts';
import { startPlugin } from './start.ts';

const preflight = (origin: string, more: Record<string, string> = {}): Request =>
  new Request('http://localhost/', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', ...more } });
const grants = (answer: Response): Record<string, string> =>
  Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control') || name === 'vary'));

describe('origins', () => {
  const allowed = (origins: string[], asked: string): string | undefined => {
    const rule = compileOrigins(origins);
    return rule.kind === 'listed' ? rule.match(asked) : rule.kind === 'fixed' ? rule.origin : '*';
  };
  it.each([
    [[], 'http://a.test', '*'],
    [['*'], 'http://a.test', '*'],
    [['https://a.test:443'], 'http://other.test', 'https://a.test:443'],
    [['http://b.test', 'http://a.test:80'], 'http://a.test', 'http://a.test'],
    [['http://b.test', 'http://a.test'], 'http://a.test:80', 'http://a.test'],
    [['http://b.test', 'http://a.test'], 'https://a.test:443', undefined],
    [['http://b.test', '*'], 'http://c.test', '*'],
    // A regular expression without a colon speaks of the host, whatever the scheme and the port.
    [['a\\.test'], 'https://a.test:8443', 'https://a.test:8443'],
    [['(?:.*\\.)?a\\.test'], 'http://x.a.test', 'http://x.a.test'],
    [['(?:.*\\.)?a\\.test'], 'http://xa.test', undefined],
    [['a\\.test'], 'http://a.test.evil.test', undefined],
    [['http://a\\.test'], 'http://a.test:80', 'http://a.test'],
    [['http://a\\.test'], 'http://a.test:81', undefined],
    [['^http://a\\.test(:\\d+)?$'], 'http://a.test:81', 'http://a.test:81'],
    [['http://(?P<name>a)\\.test'], 'http://user@a.test/path', 'http://a.test'],
    [['http://[[:alpha:]]+\\.test'], 'http://abc.test', 'http://abc.test'],
    [['x', 'y'], 'null', undefined],
  ])('%j and %s: %s', (origins, asked, expected) => {
    expect(allowed(origins, asked)).toBe(expected);
  });
});

describe('cors', () => {
  it('answers a preflight itself', async () => {
    await using gateway = await startPlugin('cors', {
      origins: ['http://a.test', 'http://b.test'],
      methods: ['GET', 'POST'],
      headers: ['X-One', 'X-Two'],
      max_age: 23,
      credentials: true,
      private_network: true,
      exposed_headers: ['X-Seen'],
    });
    const answer = await gateway.fetch(preflight('http://b.test', { 'access-control-request-private-network': 'true' }));
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([200, '', '0']);
    expect(grants(answer)).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': 'http://b.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'X-One,X-Two',
      'access-control-allow-methods': 'GET,POST',
      'access-control-max-age': '23',
      'access-control-allow-private-network': 'true',
    });
  });

  it('lets everybody in by default, naming what is asked for', async () => {
    await using gateway = await startPlugin('cors', {});
    expect(grants(await gateway.fetch(preflight('http://a.test', { 'access-control-request-headers': 'x-a, x-b' })))).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'x-a, x-b',
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
    });
  });

  it('gives a preflight to the upstream where that is wanted, and adds nothing to its answer', async () => {
    await using gateway = await startPlugin(
      'cors',
      { preflight_continue: true },
      () => new Response('up', { headers: { 'access-control-allow-origin': 'its own' } }),
    );
    const answer = await gateway.fetch(preflight('http://a.test'));
    expect([await answer.text(), grants(answer)]).toEqual(['up', { 'access-control-allow-origin': 'its own' }]);
  });

  it('passes OPTIONS that is no preflight', async () => {
    await using gateway = await startPlugin('cors', {});
    const answer = await gateway.fetch(new Request('http://localhost/', { method: 'OPTIONS', headers: { origin: 'http://a.test' } }));
    expect(await answer.json()).toMatchObject({ method: 'OPTIONS' });
    expect(grants(answer)).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('takes away what the upstream allowed where nothing matches', async () => {
    await using gateway = await startPlugin(
      'cors',
      { origins: ['http://a.test', 'http://b.test'], exposed_headers: ['X-One', 'X-Two'] },
      () => new Response('', { headers: { 'access-control-allow-origin': '*', vary: 'Accept' } }),
    );
    const answer = await gateway.fetch(new Request('http://localhost/', { headers: { origin: 'http://evil.test' } }));
    expect(grants(answer)).toEqual({ vary: 'Accept, Origin', 'access-control-expose-headers': 'X-One,X-Two' });
  });

  it('names the origin instead of a star where credentials are allowed', async () => {
    await using gateway = await startPlugin('cors', { credentials: true });
    expect(grants(await gateway.fetch(new Request('http://localhost/', { headers: { origin: 'http://a.test' } })))).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': 'http://a.test',
      'access-control-allow-credentials': 'true',
    });
    expect(grants(await gateway.fetch('/'))).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('says nothing without an Origin where that is switched off', async () => {
    await using gateway = await startPlugin('cors', { allow_origin_absent: false });
    expect(grants(await gateway.fetch('/'))).toEqual({});
    expect(grants(await gateway.fetch(new Request('http://localhost/', { headers: { origin: '' } })))).toEqual({});
  });

  it.each([
    [{ origins: ['http://ok.test', '['] }, 'DG1207', "'[' is not a valid regex"],
    [{ methods: ['GET', 'FETCH'] }, 'DG1203', 'FETCH'],
  ])('refuses %j', async (config, code, message) => {
    await expect(startPlugin('cors', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
