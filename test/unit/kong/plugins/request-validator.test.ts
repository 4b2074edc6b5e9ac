import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compileKongSchema } from '../../../../src/dialects/kong/plugins/kong-schema.ts';
import { compileLuaPattern } from '../../../../src/dialects/kong/plugins/lua-pattern.ts';
import type { Gateway } from '../../../../src/index.ts';
import { ask, kongNode, refusal } from './kong-node.ts';

const declared = (config: object, path = '/'): string =>
  `services:\n  - name: s\n    url: http://s.internal:8080\n    routes: [{ name: r, paths: ['${path}'] }]\n    plugins: [${JSON.stringify({ name: 'request-validator', config })}]\n`;
const validated = (config: object, path?: string): Promise<Gateway> => kongNode(declared(config, path));
const post = (gateway: Gateway, body: string, type = 'application/json'): Promise<Response> =>
  ask(gateway, '/', type === '' ? {} : { 'content-type': type }, { method: 'POST', body: Buffer.from(body) });
const said = async (answer: Response): Promise<unknown> =>
  answer.status === 200 ? 200 : [answer.status, ((await answer.json()) as { message: string }).message];

const badBody = [400, "request body doesn't conform to schema"];
const badParameter = [400, "request param doesn't conform to schema"];
const badType = [400, 'specified Content-Type is not allowed'];

describe('request-validator', () => {
  it.each([
    [{ version: 'kong', body_schema: '[{"name":{"type":"string","required":true}}]' }],
    [{ body_schema: [{ name: { type: 'string', required: true } }] }],
    [
      {
        version: 'draft4',
        body_schema: '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"additionalProperties":false}',
      },
    ],
    [
      {
        version: 'draft7',
        body_schema: '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"],"propertyNames":{"const":"name"}}',
      },
    ],
  ])('refuses a body that does not fit (%j)', async (config) => {
    await using gateway = await validated(config);
    expect(await said(await post(gateway, '{"name":"ann"}'))).toBe(200);
    for (const body of ['{"name":7}', '{}', '{"name":"ann","age":7}', 'null', '[]', '{"name":', ''])
      expect([body, await said(await post(gateway, body))]).toEqual([body, badBody]);
  });

  it('tells what is wrong where it is told to', async () => {
    await using gateway = await validated({ body_schema: [{ name: { type: 'string', required: true } }], verbose_response: true });
    expect(await said(await post(gateway, '{}'))).toEqual([400, 'name: required field missing']);
    expect(await said(await post(gateway, 'x'))).toEqual([400, 'request body is not valid JSON']);
  });

  it('looks at the media type, and at bodies of JSON only', async () => {
    const config = { body_schema: [{ name: { type: 'string', required: true } }] };
    await using usual = await validated(config);
    expect(await said(await post(usual, '{"name":"a"}', 'Application/JSON'))).toBe(200);
    for (const type of ['application/json; charset=utf-8', 'text/plain', 'nonsense', ''])
      expect([type, await said(await post(usual, '{"name":"a"}', type))]).toEqual([type, badType]);
    await using more = await validated({
      ...config,
      allowed_content_types: ['text/plain', 'application/json; charset=UTF-8', 'application/merge-patch+json'],
    });
    expect(await said(await post(more, 'anything', 'text/plain'))).toBe(200);
    expect(await said(await post(more, '{"name":"a"}', 'application/json;Charset=utf-8'))).toBe(200);
    expect(await said(await post(more, '{}', 'application/merge-patch+json'))).toEqual(badBody);
    expect(await said(await post(more, '{"name":"a"}', 'application/json'))).toEqual(badType);
    await using loose = await validated({ ...config, content_type_parameter_validation: false });
    expect(await said(await post(loose, '{"name":"a"}', 'application/json; charset=utf-8'))).toBe(200);
  });

  it.each([
    ['query', { style: 'form', explode: false, schema: '{"type":"integer","minimum":1}' }, ['/?p=1'], ['/', '/?p=0', '/?p=x', '/?p=']],
    ['query', { style: 'form', explode: true, schema: '{"type":"array","items":{"type":"number"}}' }, ['/?p=1&p=2'], ['/?p=1&p=x']],
    [
      'query',
      { style: 'form', explode: false, schema: '{"type":"array","items":{"type":"boolean"},"maxItems":2}' },
      ['/?p=true,false'],
      ['/?p=1', '/?p=true,true,true'],
    ],
    ['query', { style: 'pipeDelimited', explode: false, schema: '{"type":"array","items":{"type":"integer"}}' }, ['/?p=1%7C2'], ['/?p=1,2']],
    ['query', { style: 'spaceDelimited', explode: false, schema: '{"type":"array","items":{"type":"integer"}}' }, ['/?p=1%202'], ['/?p=1,2']],
    [
      'query',
      { style: 'deepObject', explode: true, schema: '{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}' },
      ['/?p[a]=1'],
      ['/?p[a]=x', '/?p[b]=1', '/?p=1'],
    ],
    ['query', { style: 'form', explode: true, schema: '{"type":"object","properties":{"a":{"type":"integer"}}}' }, ['/?a=1'], ['/?a=x', '/?b=1']],
    ['query', { style: 'form', explode: false, schema: '{"type":"object","properties":{"a":{"type":"integer"}}}' }, ['/?p=a,1'], ['/?p=a,x']],
    ['query', {}, ['/?p', '/?p=x'], ['/']],
  ])('reads parameters of the %s: %j', async (place, more, fits, not) => {
    await using gateway = await validated({ parameter_schema: [{ name: 'p', in: place, required: true, ...more }] });
    for (const path of fits) expect([path, await said(await ask(gateway, path))]).toEqual([path, 200]);
    for (const path of not) expect([path, await said(await ask(gateway, path))]).toEqual([path, badParameter]);
  });

  it('reads parameters of fields and of the path', async () => {
    const schema = '{"type":"array","items":{"type":"integer"}}';
    await using fields = await validated({
      parameter_schema: [{ name: 'X-P', in: 'header', required: false, style: 'simple', explode: false, schema }],
    });
    expect([
      await said(await ask(fields, '/')),
      await said(await ask(fields, '/', { 'x-p': '1, 2' })),
      await said(await ask(fields, '/', { 'x-p': '1,x' })),
    ]).toEqual([200, 200, badParameter]);
    const inPath = async (style: string, explode: boolean, type: object, value: string): Promise<unknown> => {
      await using gateway = await validated(
        { parameter_schema: [{ name: 'p', in: 'path', required: true, style, explode, schema: JSON.stringify(type) }] },
        '~/a/(?<p>[^/]+)$',
      );
      return said(await ask(gateway, `/a/${value}`));
    };
    const list = { type: 'array', items: { type: 'integer' } };
    const map = { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] };
    for (const [style, explode, type, value] of [
      ['simple', false, { type: 'number' }, '7'],
      ['simple', false, list, '1,2'],
      ['simple', false, map, 'x,1'],
      ['simple', true, map, 'x=1'],
      ['label', false, list, '.1,2'],
      ['label', true, list, '.1.2'],
      ['matrix', false, list, ';p=1,2'],
      ['matrix', true, list, ';p=1;p=2'],
      ['matrix', true, map, ';x=1'],
    ] as const) {
      expect([style, value, await inPath(style, explode, type, value)]).toEqual([style, value, 200]);
      expect([style, value, await inPath(style, explode, type, value.replaceAll(/\d/g, 'n'))]).toEqual([style, value, badParameter]);
    }
  });

  it.each([
    [{}, /at least one of these fields must be non-empty: 'body_schema', 'parameter_schema'/],
    [{ body_schema: '[{' }, /body_schema is no schema/],
    [{ body_schema: '[{"name":{"type":"text"}}]' }, /there is no type text/],
    [{ body_schema: '[{"name":{"type":"constructor"}}]' }, /there is no type constructor/],
    [{ version: 'draft4', body_schema: '{"pattern":"^(a+)+$"}' }, /not run/],
    [{ parameter_schema: [{ in: 'query', required: true }] }, /has no name/],
    [{ version: 'draft3', body_schema: '{}' }, /version is "draft3"/],
  ])('is refused: %j', async (config, words) => {
    expect(await refusal(declared(config))).toMatch(words);
  });
});

describe("Kong's own schema language", () => {
  const wrong = (spec: object, value: unknown): string | undefined => compileKongSchema([{ f: spec }])({ f: value });
  it.each([
    [{ type: 'integer', between: [1, 10] }, [1, 10], [0, 11, 1.5, '1']],
    [{ type: 'number' }, [1.5], ['1']],
    [{ type: 'boolean' }, [false], ['false', 0]],
    [{ type: 'string', len_min: 2, len_max: 3 }, ['ab', 'abc'], ['a', 'abcd']],
    [{ type: 'array', elements: { type: 'string' }, len_eq: 1 }, [['a']], [[], [1], ['a', 'b'], 'a']],
    [{ type: 'map', keys: { type: 'string', len_min: 2 }, values: { type: 'boolean' } }, [{ ab: true }], [{ a: true }, { ab: 1 }, []]],
    [{ type: 'record', fields: [{ a: { type: 'string', required: true } }] }, [{ a: 'x' }], [{}, { a: 'x', b: 1 }]],
    [{ type: 'string', match: '^%a+%-%d?$' }, ['ab-', 'ab-1'], ['1-', 'ab']],
    [{ type: 'string', not_match: '%s' }, ['ab'], ['a b']],
    [{ type: 'array', elements: { type: 'string' }, match_all: '^a' }, [['a', 'ab']], [['a', 'b']]],
    [{ type: 'array', elements: { type: 'string' }, match_any: '^a' }, [['b', 'ab']], [['b']]],
    [{ type: 'array', elements: { type: 'string' }, match_none: '^a' }, [['b']], [['b', 'a']]],
    [{ type: 'string', starts_with: 'ab' }, ['abc'], ['bc']],
    [{ type: 'string', one_of: ['a', 'b'] }, ['a'], ['c']],
    [{ type: 'integer', timestamp: true }, [1], [0, -1]],
    [{ type: 'string', uuid: true }, ['3f1b2c9a-0000-4000-8000-000000000001'], ['3f1b2c9a']],
  ])('%j', (spec, fits, not) => {
    for (const value of fits) expect([value, wrong(spec, value)]).toEqual([value, undefined]);
    for (const value of not) expect([value, wrong(spec, value)]).toEqual([value, expect.any(String)]);
  });

  it.each([
    ['^[%w_]-%.$', ['ab_.', '.'], ['a-.', 'a']],
    ['[]a]', [']', 'a'], ['b']],
    ['[^%d]', ['a'], ['1']],
    ['a.c', ['a\nc'], ['ac']],
    ['a{2}|b', ['a{2}|b'], ['aa', 'b']],
    ['^%S+$', ['ab'], ['a b']],
    ['a^$b', ['a^$b'], ['ab']],
  ])('reads the pattern %s of Lua', (pattern, fits, not) => {
    const regex = compileLuaPattern(pattern);
    for (const text of fits) expect([text, regex.test(text)]).toEqual([text, true]);
    for (const text of not) expect([text, regex.test(text)]).toEqual([text, false]);
  });

  it('makes a regular expression of any pattern, or refuses it', () => {
    fc.assert(
      fc.property(fc.string(), (pattern) => {
        try {
          compileLuaPattern(pattern).test('a-1');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
