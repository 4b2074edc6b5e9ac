import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startPlugin } from './start.ts';

const json =
  (body: string, headers: Record<string, string> = {}) =>
  (): Response =>
    new Response(body, { headers: { 'content-type': 'application/json', ...headers } });
const bodyOf = async (config: unknown, upstream: () => Response): Promise<string> => {
  await using gateway = await startPlugin('response-transformer', config, upstream);
  return (await gateway.fetch('/')).text();
};

describe('JSON', () => {
  it.each([
    [{ remove: { json: ['a', 'c:x'] } }, '{"a":1,"b":2,"c":3}', '{"b":2}'],
    [{ rename: { json: ['a:b', 'none:d'] } }, '{"a":false}', '{"b":false}'],
    [{ replace: { json: ['a:x', 'n:x', 'f:x', 'none:x'] } }, '{"a":1,"n":null,"f":false}', '{"a":"x","n":"x","f":false}'],
    [{ add: { json: ['a:x', 'f:x', 'new:x:y'] } }, '{"a":1,"f":false}', '{"a":1,"f":"x","new":"x:y"}'],
    [
      { append: { json: ['text:x', 'list:x', 'number:x', 'none:x', 'table:x'] } },
      '{"text":"a","list":[],"number":1,"table":{"k":1}}',
      '{"text":["a","x"],"list":["x"],"number":["x"],"table":{"1":"x","k":1},"none":["x"]}',
    ],
    // Only members at the top, whatever dots are in a name.
    [{ remove: { json: ['a.b'] } }, '{"a":{"b":1},"a.b":2}', '{"a":{"b":1}}'],
    [{ add: { json: ['n:1', 'b:true', 's:1', 'x:one'], json_types: ['number', 'boolean', 'string', 'number'] } }, '{}', '{"n":1,"b":true,"s":"1"}'],
    [{ add: { json: ['q:say "a/b"', 'b:back\\slash', 'e:'] } }, '{}', '{"q":"say \\"a\\/b\\"","b":"back\\\\\\\\slash","e":"null"}'],
    [{ add: { json: ['a:b'] } }, '[{"x":"/"},[]]', '[{"x":"\\/"},[]]'],
    [{ add: { json: ['a:b'] } }, '{"u":"é","d":1.10,"__proto__":1}', '{"u":"é","d":1.1,"__proto__":1,"a":"b"}'],
    [{ add: { json: ['a:b'] } }, 'no JSON', 'no JSON'],
    [{ add: { json: ['a:b'] } }, '5', '5'],
    [{ add: { json: ['a:b'] } }, '', ''],
    [
      { remove: { json: ['a'] }, rename: { json: ['b:a'] }, replace: { json: ['a:c'] }, append: { json: ['a:d'] } },
      '{"a":1,"b":2}',
      '{"a":["c","d"]}',
    ],
  ])('%j: %s becomes %s', async (config, before, after) => {
    expect(await bodyOf(config, json(before))).toBe(after);
  });

  it.each([
    ['application/json; charset=utf-8', true],
    ['Application/Problem+JSON', true],
    ['text/html, application/json', true],
    ['application/jsonp', false],
    ['text/json', false],
  ])('%s: %s', async (type, changed) => {
    const body = await bodyOf({ add: { json: ['a:b'] } }, json('{}', { 'content-type': type }));
    expect(body).toBe(changed ? '{"a":"b"}' : '{}');
  });

  it('goes without a length, and keeps its entity tag', async () => {
    await using gateway = await startPlugin('response-transformer', { add: { json: ['a:b'] } }, json('{}', { etag: '"1"', 'content-length': '2' }));
    const answer = await gateway.fetch('/');
    expect([answer.headers.get('content-length'), answer.headers.get('etag')]).toEqual([null, '"1"']);
  });

  it('does not look into what is compressed', async () => {
    await using gateway = await startPlugin(
      'response-transformer',
      { add: { json: ['a:b'] } },
      () => new Response(gzipSync('{}'), { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }),
    );
    const answer = await gateway.fetch('/');
    expect([answer.headers.get('content-encoding'), Buffer.from(await answer.arrayBuffer())]).toEqual(['gzip', gzipSync('{}')]);
  });
});

describe('headers', () => {
  it.each([
    [{ remove: { headers: ['h1', 'H2:v2'] } }, { h3: 'v3' }],
    [{ rename: { headers: ['h1:h4', 'none:h5'] } }, { h2: 'v2', h3: 'v3', h4: 'v1' }],
    // What Kong sets first it clears then: the names are the same.
    [{ rename: { headers: ['h1:H1'] } }, { h2: 'v2', h3: 'v3' }],
    [{ replace: { headers: ['H1:x:y', 'none:z'] } }, { h1: 'x:y', h2: 'v2', h3: 'v3' }],
    [{ add: { headers: ['h1:x', 'h_4:y'] } }, { h1: 'v1', h2: 'v2', h3: 'v3', 'h-4': 'y' }],
    [{ append: { headers: ['h1:x', 'h1:y'] } }, { h1: 'v1, x, y', h2: 'v2', h3: 'v3' }],
    // Whether a field is there is decided by what came.
    [
      { remove: { headers: ['h1'] }, add: { headers: ['h1:x'] } },
      { h2: 'v2', h3: 'v3' },
    ],
    [
      { remove: { headers: ['h1'] }, replace: { headers: ['h1:x'] } },
      { h1: 'x', h2: 'v2', h3: 'v3' },
    ],
  ])('%j', async (config, expected) => {
    await using gateway = await startPlugin('response-transformer', config, () => new Response('', { headers: { h1: 'v1', h2: 'v2', h3: 'v3' } }));
    const answer = await gateway.fetch('/');
    expect(Object.fromEntries([...answer.headers].filter(([name]) => /^h-?\d/.test(name)))).toEqual(expected);
  });

  it.each([
    [{ rename: { headers: ['a b:c'] } }, "'a b' is not a valid header"],
    [{ rename: { headers: ['a:'] } }, "'' is not a valid header"],
    [{ add: { headers: ['lonely'] } }, 'invalid value: lonely'],
    [{ replace: { json: [':x'] } }, 'invalid value: :x'],
    [{ add: { json: ['a:1'], json_types: ['float'] } }, 'float'],
  ])('refuses %j', async (config, message) => {
    await expect(startPlugin('response-transformer', config)).rejects.toMatchObject({ code: 'DG1203', message: expect.stringContaining(message) });
  });
});
