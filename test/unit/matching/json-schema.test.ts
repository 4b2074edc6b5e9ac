import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema } from '../../../src/matching/json-schema.ts';

/** A schema, what fits it and what does not. */
const cases: readonly (readonly [schema: unknown, fits: readonly unknown[], not: readonly unknown[]])[] = [
  [true, [1, null], []],
  [false, [], [1, null]],
  [{}, [1, {}], []],
  [{ type: 'integer' }, [1, 1.0, -3], [1.5, '1', null, [], {}]],
  [{ type: ['number', 'null'] }, [1, 1.5, null], ['1', true]],
  [{ type: 'object' }, [{}], [[], null]],
  [{ enum: [1, { a: 1, b: [2] }] }, [1, { b: [2], a: 1 }], [2, { a: 1 }]],
  [{ const: null }, [null], [0, false]],
  [{ multipleOf: 0.1 }, [0.3, 1, 'x'], [0.35]],
  [{ minimum: 1, maximum: 3 }, [1, 3, 'x'], [0, 4]],
  // Draft 4, then drafts 6 and 7.
  [{ minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: true }, [2], [1, 3]],
  [{ exclusiveMinimum: 1, exclusiveMaximum: 3 }, [2], [1, 3]],
  [{ minLength: 2, maxLength: 3 }, ['ab', 'abc', '😀😀', 1], ['a', '😀', 'abcd']],
  [{ pattern: '^a+b$' }, ['aab', 1], ['b']],
  [{ pattern: '^[\\w-.]+$' }, ['a-b.c'], ['a b']],
  [{ format: 'date' }, ['2024-02-29', 1], ['2023-02-29', '24-01-01']],
  [{ format: 'time' }, ['10:00:00Z', '10:00:60.5+01:00'], ['25:00:00Z', '10:00:00']],
  [{ format: 'date-time' }, ['2009-07-20T08:30:37.012Z'], ['2009-07-20', '2009-07-32T08:30:37Z']],
  [{ format: 'constructor' }, ['x'], []],
  [{ items: { type: 'string' } }, [['a'], []], [[1], ['a', 1]]],
  [{ items: [{ type: 'string' }, { type: 'number' }], additionalItems: false }, [['a', 1], ['a']], [['a', 1, 2], [1]]],
  [{ items: [{}], additionalItems: { type: 'number' } }, [['a', 1]], [['a', 'b']]],
  [{ minItems: 1, maxItems: 2 }, [[1], 'x'], [[], [1, 2, 3]]],
  [
    { uniqueItems: true },
    [[1, '1', { a: 1 }]],
    [
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ contains: { type: 'number' } }, [['a', 1]], [['a'], []]],
  [{ required: ['a'] }, [{ a: null }, []], [{}, { b: 1 }]],
  [{ required: ['toString'] }, [{ toString: 1 }], [{}]],
  [{ minProperties: 1, maxProperties: 1 }, [{ a: 1 }], [{}, { a: 1, b: 2 }]],
  [{ properties: { a: { type: 'number' } } }, [{ a: 1 }, { b: 'x' }], [{ a: 'x' }]],
  [
    { properties: { a: {} }, patternProperties: { '^x': { type: 'number' } }, additionalProperties: false },
    [{ a: 'x', xa: 1 }],
    [{ b: 1 }, { xa: 'x' }],
  ],
  [{ additionalProperties: { type: 'number' } }, [{ a: 1 }], [{ a: 'x' }]],
  [{ propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
  [{ dependencies: { a: ['b'], c: { required: ['d'] } } }, [{}, { a: 1, b: 1 }], [{ a: 1 }, { c: 1 }]],
  [{ allOf: [{ type: 'number' }, { minimum: 2 }] }, [2], [1, 'x']],
  [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, [2, 'x'], [null]],
  [{ oneOf: [{ type: 'number' }, { minimum: 2 }] }, [1, 'x'], [3]],
  [{ not: { type: 'number' } }, ['x'], [1]],
  [JSON.parse('{"if":{"type":"number"},"then":{"minimum":2},"else":{"const":"x"}}'), [2, 'x'], [1, 'y']],
  [{ definitions: { 'a/b': { type: 'number' } }, properties: { a: { $ref: '#/definitions/a~1b' } } }, [{ a: 1 }], [{ a: 'x' }]],
  [
    { properties: { next: { $ref: '#' }, value: { type: 'number' } }, required: ['value'] },
    [{ value: 1, next: { value: 2 } }],
    [{ value: 1, next: {} }],
  ],
  // It only leads to itself.
  [{ $ref: '#' }, [], [1]],
];

describe('a JSON Schema', () => {
  it.each(cases.map(([schema, fits, not]) => [JSON.stringify(schema), schema, fits, not] as const))('%s', (_, schema, fits, not) => {
    const judge = compileJsonSchema(schema);
    for (const value of fits) expect([value, judge(value)]).toEqual([value, undefined]);
    for (const value of not) expect([value, judge(value)]).toEqual([value, expect.any(String)]);
  });

  it('tells where a value is wrong', () => {
    const judge = compileJsonSchema({ properties: { list: { items: { required: ['id'], properties: { id: { type: 'integer' } } } } } });
    expect(judge({ list: [{ id: 1 }, { id: 'x' }] })).toBe(
      'property list validation failed: item 2 is wrong: property id validation failed: wrong type: expected integer, got string',
    );
    expect(judge({ list: [{}] })).toBe('property list validation failed: item 1 is wrong: property id is required');
  });

  it.each([
    [7, /a schema is an object/],
    [{ items: 7 }, /a schema is an object/],
    [{ allOf: {} }, /allOf is a list/],
    [{ properties: [] }, /properties is an object/],
    [{ required: true }, /required is a list/],
    [{ minimum: '1' }, /minimum is a number/],
    [{ $ref: '#/nothing' }, /there is nothing at/],
    [{ definitions: { a: { pattern: '^(a+)+$' } }, $ref: '#/definitions/a' }, /not run/],
    [{ $ref: 'https://schemas.example/a.json' }, /lies outside/],
    [{ pattern: '^(a+)+$' }, /not run/],
  ])('is refused where it is none: %j', (schema, words) => {
    expect(() => compileJsonSchema(schema)).toThrow(words);
  });

  it('judges any value, and any schema without a crash', () => {
    const schema = compileJsonSchema({
      anyOf: [{ type: 'string' }, { items: { $ref: '#' } }, { properties: { a: { $ref: '#' } } }],
      uniqueItems: true,
    });
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => void schema(value)));
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), (any, value) => {
        try {
          void compileJsonSchema(any)(value);
        } catch (error) {
          expect((error as Error).message).not.toMatch(/undefined|null \(/);
        }
      }),
    );
  });

  it('says so where a value is nested deeper than it can look', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    expect(compileJsonSchema({ items: { $ref: '#' } })(deep)).toBe('is nested too deeply');
  });
});
