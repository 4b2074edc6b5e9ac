import { describe, expect, it } from 'vitest';
import type { Gateway } from '../../../../src/index.ts';
import { start, startPlugin, withPlugin, type Said } from './start.ts';

interface Asked {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}
async function said(gateway: Gateway, { method = 'GET', target = '/', headers = [], body = '' }: Asked): Promise<Said> {
  const answer = await gateway.fetch({
    method: body === '' ? method : 'POST',
    target,
    rawHeaders: ['Host', 'localhost', ...headers, ...(body === '' ? [] : ['Content-Length', String(Buffer.byteLength(body))])],
    body,
  });
  return (await answer.json()) as Said;
}
async function transformed(config: unknown, asked: Asked): Promise<Said> {
  await using gateway = await startPlugin('request-transformer', config);
  return said(gateway, asked);
}
const type = (value: string): string[] => ['Content-Type', value];

describe('headers', () => {
  it.each([
    [{ remove: ['X-A', 'x-none:1'] }, {}],
    [{ rename: ['x-a:X-B'] }, { 'x-b': 'a' }],
    // An underscore finds a dash, but does not clear it.
    [{ rename: ['X_A:x-b'] }, { 'x-a': 'a', 'x-b': 'a' }],
    [{ rename: ['x-none:x-b'] }, { 'x-a': 'a' }],
    [{ rename: ['x-a:X-A'] }, { 'x-a': 'a' }],
    [{ replace: ['X-A:b:c', 'x-none:b'] }, { 'x-a': 'b:c' }],
    [{ add: ['X-A:b', 'x-c:d', 'x-c:e'] }, { 'x-a': 'a', 'x-c': 'd' }],
    [{ append: ['X-A:b', 'X-A:c', 'x-d:e'] }, { 'x-a': 'a, b, c', 'x-d': 'e' }],
    [{ remove: ['x-a'], add: ['x-a:b'] }, { 'x-a': 'b' }],
    [{ add: ['x-empty:$(headers.none)', 'x-nothing:'] }, { 'x-a': 'a' }],
    [{ replace: ['x-a:$(headers.none)'] }, {}],
  ])('%j', async (edits, expected) => {
    const config = Object.fromEntries(Object.entries(edits).map(([verb, headers]) => [verb, { headers }]));
    const { headers } = await transformed(config, { headers: ['X-A', 'a'] });
    expect(Object.fromEntries(Object.entries(headers).filter(([name]) => /^x-(?!real|forwarded|kong)/.test(name)))).toEqual(expected);
  });

  it('is another host for the upstream only where Host is replaced', async () => {
    expect((await transformed({ add: { headers: ['Host:b.test'] } }, {})).headers.host).not.toBe('b.test');
    expect((await transformed({ append: { headers: ['host:b.test'] } }, {})).headers.host).not.toBe('b.test');
    expect((await transformed({ replace: { headers: ['Host:$(query_params.h)'] } }, { target: '/?h=b.test' })).headers.host).toBe('b.test');
  });

  it('do not say how the message is framed', async () => {
    const config = {
      replace: { headers: ['Content-Length:1'] },
      add: { headers: ['Transfer-Encoding:$(query_params.t)', 'Connection:x-b', 'X-B:y'] },
    };
    const { headers, body } = await transformed(config, { target: '/?t=chunked', body: 'hello' });
    expect([body, headers['content-length'], headers['transfer-encoding'], headers['x-b']]).toEqual(['hello', '5', undefined, 'y']);
  });

  it('cannot be ended by what is put into one', async () => {
    const { headers } = await transformed({ add: { headers: ['x-b:$(query_params.q)'] } }, { target: '/?q=a%0D%0Ax-evil:1' });
    expect([headers['x-b'], headers['x-evil']]).toEqual(['a%0D%0Ax-evil:1', undefined]);
  });
});

describe('the query', () => {
  it.each([
    [{ add: ['q:x'] }, '/?b=1&a=%20+&q', '/?a=%20%20&b=1&q'],
    [{ add: ['q:x y&z'] }, '/?b', '/?b&q=x%20y%26z'],
    [{ remove: ['b'] }, '/?b=1&b=2', '/'],
    [{ rename: ['b:c', 'none:d'] }, '/?b=1&b=2&a=3', '/?a=3&b=1&b=2'.replaceAll('b=', 'c=')],
    [{ replace: ['b:x', 'none:y'] }, '/?b=1&b=2', '/?b=x'],
    [{ append: ['b:x', 'c:y'] }, '/?b=1', '/?b=1&b=x&c=y'],
    [{ add: ['q:a (b) *c*!~'] }, '/', '/?q=a%20(b)%20*c*!~'],
    [{ remove: ['none'] }, '/?z=1&a=é%zz', '/?a=%C3%A9%25zz&z=1'],
  ])('%j: %s becomes %s', async (edits, target, expected) => {
    const config = Object.fromEntries(Object.entries(edits).map(([verb, querystring]) => [verb, { querystring }]));
    expect((await transformed(config, { target: Buffer.from(target).toString('latin1') })).url.replace(/^https?:\/\/[^/]*/, '')).toBe(expected);
  });

  it('stays as it was where nobody touches it', async () => {
    expect((await transformed({}, { target: '/?expected=$&+,/:;?@' })).url).toMatch(/\/\?expected=\$&\+,\/:;\?@$/);
  });
});

describe('the body', () => {
  const verbs = (edits: Record<string, readonly string[]>): object =>
    Object.fromEntries(Object.entries(edits).map(([verb, body]) => [verb, { body }]));
  it.each([
    [{ remove: ['a'] }, '{"a":1,"b":{"c":[]}}', '{"b":{"c":[]}}'],
    [{ remove: ['none'] }, '{ "b" : "x/y" }', '{"b":"x\\/y"}'],
    [{ rename: ['a:c', 'f:d', 'n:m'] }, '{"a":1,"f":false,"n":null}', '{"f":false,"c":1,"m":null}'],
    [{ rename: ['none:c'] }, '{ "a": 1 }', '{ "a": 1 }'],
    [{ replace: ['a:x', 'f:x', 'none:x'] }, '{"a":1,"f":false}', '{"a":"x","f":false}'],
    [{ add: ['a:x', 'f:x', 'c:y'] }, '{"a":1,"f":false}', '{"a":1,"f":"x","c":"y"}'],
    [{ append: ['a:x', 'b:x', 'c:x', 'c:y'] }, '{"a":"1","b":2}', '{"a":["1","x"],"b":["x"],"c":["x","y"]}'],
    [{ add: ['n:$(headers["x-n"])'] }, '{"big":12345678901234567,"third":0.1}', '{"big":1.2345678901235e+16,"third":0.1,"n":"é"}'],
    [{ add: ['a:b'] }, '[1]', '[1]'],
    [{ add: ['a:b'] }, 'no JSON', 'no JSON'],
    [{ replace: ['a:b'] }, '"text"', '"text"'],
  ])('%j: %s becomes %s', async (edits, before, after) => {
    const got = await transformed(verbs(edits), { headers: [...type('application/json'), 'X-N', Buffer.from('é').toString('latin1')], body: before });
    expect(Buffer.from(got.body, 'latin1').toString()).toBe(after);
    expect(got.headers['content-length']).toBe(String(Buffer.byteLength(after)));
  });

  it.each(['5', 'null', 'true'])('is an error of Lua where JSON is %s', async (body) => {
    await using gateway = await startPlugin('request-transformer', verbs({ replace: ['a:b'] }));
    const answer = await gateway.fetch(new Request('http://localhost/', { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
    expect([answer.status, await answer.text()]).toEqual([500, '{"message":"An unexpected error occurred"}']);
  });

  it.each([
    [{ remove: ['a'], rename: ['b:c'], replace: ['d:x y'], add: ['e:1', 'd:2'], append: ['f:3', 'f:4'] }, 'a=1&b=2&d=4', 'd=x%20y&c=2&e=1&f=3&f=4'],
    [{ append: ['a:2'] }, 'a=1', 'a=1&a=2'],
    [{ replace: ['none:2'] }, 'b=+&a', 'b=+&a'],
  ])('is a form, too: %j', async (edits, before, after) => {
    expect((await transformed(verbs(edits), { headers: type('application/x-www-form-urlencoded; charset=utf-8'), body: before })).body).toBe(after);
  });

  const part = (name: string, value: string, more = ''): string => `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  it.each([
    [{ remove: ['a'] }, `${part('a', '1')}${part('b', '2\r\n\r\n--x')}--B--\r\n`, `${part('b', '2\r\n\r\n--x')}--B--\r\n`],
    [{ remove: ['a'] }, `${part('a', '1')}--B--\r\n`, ''],
    [{ rename: ['a:c'] }, `${part('a', '1', '; filename="f"')}${part('b', '2')}--B--\r\n`, `${part('b', '2')}${part('c', '1')}--B--\r\n`],
    [{ replace: ['a:x', 'none:y'] }, `${part('a', '1')}${part('b', '2')}--B--\r\n`, `${part('b', '2')}${part('a', 'x')}--B--\r\n`],
    [{ add: ['a:x', 'c:y'] }, `${part('a', '1')}--B--\r\n`, `${part('a', '1')}${part('c', 'y')}--B--\r\n`],
    [{ append: ['a:x'] }, `${part('a', '1')}--B--\r\n`, `${part('a', '1')}--B--\r\n`],
  ])('has parts: %j', async (edits, before, after) => {
    expect((await transformed(verbs(edits), { headers: type('multipart/form-data; boundary="B"'), body: before })).body).toBe(after);
  });

  it('is only added to where it is empty, by the type that the headers have by then', async () => {
    const config = { http_method: 'POST', add: { headers: ['Content-Type:application/json'], body: ['a:1'] }, remove: { body: ['b'] } };
    expect(await transformed(config, {})).toMatchObject({
      method: 'POST',
      body: '{"a":"1"}',
      headers: { 'content-type': 'application/json', 'content-length': '9' },
    });
  });

  it('passes with another type', async () => {
    expect((await transformed(verbs({ add: ['a:1'] }), { headers: type('text/plain'), body: '{}' })).body).toBe('{}');
  });

  it('is not seen where nginx keeps it in a file', async () => {
    const long = JSON.stringify({ a: 'x'.repeat(20_000) });
    expect((await transformed(verbs({ remove: ['a'] }), { headers: type('application/json'), body: long })).body).toBe(long);
    expect((await transformed(verbs({ add: ['b:1'] }), { headers: type('application/json'), body: long })).body).toBe('{"b":"1"}');
    await using roomy = await start(
      withPlugin('request-transformer', verbs({ remove: ['a'] })),
      undefined,
      'nginx_http_client_body_buffer_size = 1m\n',
    );
    expect((await said(roomy, { headers: type('application/json'), body: long })).body).toBe('{}');
  });
});

describe('method and path', () => {
  it('puts a form into the query of what becomes a GET', async () => {
    const got = await transformed(
      { http_method: 'GET' },
      { target: '/?b=0&a=1', headers: type('application/x-www-form-urlencoded'), body: 'b=2&c=3' },
    );
    expect([got.method, got.url.replace(/^.*\?/, '')]).toEqual(['GET', 'a=1&b=0&b=2&c=3']);
  });

  it.each([
    ['/v2/$(uri_captures.id)/$(uri_captures[2])/$(uri_captures.none or "d")', '/v2/7/x/d'],
    ['/tést $(headers.host)', '/t%C3%A9st%20localhost'],
    ['/$(10 * uri_captures.id)', '/70'],
    ["/$('$(uri_captures.id)')", '/$(uri_captures.id)'],
    ['/a)$(b', '/a)$(b'],
    ['/$(query_params.q:gsub("%W", "-"):lower())', '/a-b'],
    ['/$(type(headers.twice) == "table" and headers.twice[2] or "once")', '/y'],
    ['/$(shared.none or "nobody")', '/nobody'],
  ])('%s', async (uri, expected) => {
    await using gateway = await start(withPlugin('request-transformer', { replace: { uri } }, ['~/(?<id>\\d+)/(\\w+)(?<none>z)?$']));
    const got = await said(gateway, { target: '/7/x?q=A+B', headers: ['Twice', 'x', 'Twice', 'y'] });
    expect(new URL(got.url).pathname).toBe(expected.replaceAll('"', '%22'));
  });

  it.each([
    [{ replace: { uri: 'no/slash' } }],
    [{ http_method: 'CONNECT' }],
    [{ add: { querystring: ['a:$(ERROR())'] } }],
    [{ add: { headers: ['a:$(none.b)'] } }],
    [{ add: { headers: ['a:$(shared.written = true)'] } }],
    [{ add: { headers: ['a:$(tostring(1))'] } }],
    [{ add: { headers: ['a:$(string.upper("a"))'] } }],
  ])('answers 500 where Kong does: %j', async (config) => {
    await using gateway = await startPlugin('request-transformer', config);
    const answer = await gateway.fetch('/');
    expect([answer.status, await answer.text()]).toEqual([500, '{"message":"An unexpected error occurred"}']);
  });
});

describe('templates', () => {
  it('read each table as it is when it is first read', async () => {
    const early = { replace: { headers: ['h:new'] }, add: { headers: ['copy:$(headers.h)'], querystring: ['q:$(headers.h)'] } };
    expect(await transformed(early, { headers: ['h', 'old'] })).toMatchObject({
      headers: { h: 'new', copy: 'old' },
      url: expect.stringMatching(/q=old$/),
    });
    const late = { replace: { headers: ['h:new'] }, add: { querystring: ['q:$(headers.h)'] } };
    expect((await transformed(late, { headers: ['h', 'old'] })).url).toMatch(/q=new$/);
  });

  it('know more where kong.conf says so', async () => {
    const config = withPlugin('request-transformer', { add: { headers: ['x-a:$(tostring(1 + 1) .. string.upper("b"))'] } });
    await using named = await start(config, undefined, 'untrusted_lua_sandbox_environment = tostring, string.upper\n');
    expect((await said(named, {})).headers['x-a']).toBe('2B');
    await using on = await start(config, undefined, 'untrusted_lua = on\n');
    expect((await said(on, {})).headers['x-a']).toBe('2B');
    await using off = await start(config, undefined, 'untrusted_lua = off\n');
    expect((await off.fetch('/')).status).toBe(500);
    await using plain = await start(withPlugin('request-transformer', { add: { headers: ['x-a:b'] } }), undefined, 'untrusted_lua = off\n');
    expect((await said(plain, {})).headers['x-a']).toBe('b');
  });

  it('say over their line that Kong will stop at them', async () => {
    await using gateway = await startPlugin('request-transformer', { add: { headers: ['a:$(shared.written = true)'] } });
    expect(gateway.diagnostics).toMatchObject([
      { code: 'DG1203', severity: 'warning', message: expect.stringContaining("unexpected symbol near '='") },
    ]);
  });

  it.each([
    [{ add: { headers: ['a:$((function() return 1 end)())'] } }, 'DG1208', 'a function of Lua is not run here (character 4)'],
    [{ replace: { uri: '/$({1})' } }, 'DG1208', 'a table of Lua is not run here'],
    [{ add: { querystring: ['a:$(require("x"))'] } }, 'DG1208', 'require is not run here'],
    [{ add: { querystring: ['a:$(b c)'] } }, 'DG1203', "value '$(b c)' is not in supported format, error: unexpected symbol near 'c'"],
    [{ add: { body: ['lonely'] } }, 'DG1203', "key 'lonely' has no value"],
    [{ rename: { querystring: ['a:'] } }, 'DG1203', "key 'a' has no value"],
    [{ add: { headers: ['lonely'] } }, 'DG1203', 'invalid value: lonely'],
    [{ add: { headers: ['bad name:x'] } }, 'DG1203', "'bad name' is not a valid header"],
    [{ remove: { headers: ['bad name'] } }, 'DG1203', "'bad name' is not a valid header"],
    [{ rename: { headers: ['a:b c'] } }, 'DG1203', "'b c' is not a valid header"],
    [{ http_method: 'get' }, 'DG1203', 'invalid value: get'],
  ])('refuses %j', async (config, code, message) => {
    await expect(startPlugin('request-transformer', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
