import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { checkExpression } from '../../../src/dialects/kong/router/atc/check.ts';
import { compileTest } from '../../../src/dialects/kong/router/atc/evaluate.ts';
import type { Expression } from '../../../src/dialects/kong/router/atc/expression.ts';
import { FieldTable } from '../../../src/dialects/kong/router/atc/fields.ts';
import { parseExpression } from '../../../src/dialects/kong/router/atc/parse.ts';
import { compileRust } from '../../../src/dialects/kong/router/atc/rust-regex.ts';
import { seenOf, type Asked } from './router-routes.ts';

/** As atc-router's own tests write trees. */
function shape(one: Expression): string {
  if (one.kind === 'not') return `!(${shape(one.inner)})`;
  if (one.kind === 'predicate') return one.field;
  return `(${one.of.map(shape).join(one.kind === 'all' ? ' && ' : ' || ')})`;
}

function holds(text: string, asked: Asked): boolean {
  const expression = parseExpression(text);
  checkExpression(expression);
  const fields = new FieldTable();
  const test = compileTest(expression, fields);
  const values = fields.read(seenOf(asked));
  return values !== undefined && test(values, { path: '', captures: null });
}

describe('the language of expressions', () => {
  it.each([
    ['a == 1 && b != 2 || c >= 3', '(a && (b || c))'],
    ['a > 1 || b < 2 && c <= 3 || d not in 10.0.0.0/8', '((a || b) && (c || d))'],
    ['a > 1 || ((b < 2) && (c <= 3)) || d == 1', '(a || (b && c) || d)'],
    ['!(a == 1) && b == 2', '(!(a) && b)'],
  ])('reads %s as %s: || binds tighter than &&', (text, tree) => expect(shape(parseExpression(text))).toBe(tree));

  it.each([
    ['! a == 1', '( after !'],
    ['a == 1 garbage', '&& or ||'],
    ['lower(a == 1', ')'],
    ['upper(a) == "x"', 'no function upper()'],
    ['http.headers.x-y == "1"', 'an operator'],
    ['a ~ 1', 'takes a string only'],
    ['a == "\\d"', 'a string, a number or an address'],
    ['a in 10.0.0.1/8', 'beyond its prefix'],
    ['a == 300.0.0.1', 'is no address'],
    ['a == 99999999999999999999', 'too large'],
    [`${'('.repeat(200)}a == 1`, 'too deeply'],
    ['', 'a field'],
  ])('refuses %s', (text, why) => expect(() => parseExpression(text)).toThrow(why));

  it.each([
    ['http.nothing == "a"', 'no such field'],
    ['http.path == 1', 'the field is String, the value Int'],
    ['net.dst.port == "80"', 'the field is Int, the value String'],
    ['net.src.ip == 10.0.0.0/8', 'the field is IpAddr, the value IpCidr'],
    ['net.src.ip in 10.0.0.1', 'a block such as'],
    ['http.path in 10.0.0.0/8', 'an address on the left'],
    ['lower(net.dst.port) == 80', 'lower() is for strings'],
    ['net.dst.port ~ "8"', 'for strings only'],
    ['http.path > 3', 'the field is String'],
    ['net.dst.port ^= 8', 'takes strings only'],
    ['http.path.segments.2_1 == "a"', 'not a segment'],
    ['http.path.segments.01 == "a"', 'not a segment'],
    ['http.queries.a.b == "a"', 'no such field'],
  ])('refuses the types of %s', (text, why) => expect(() => checkExpression(parseExpression(text))).toThrow(why));

  it.each<[string, Asked, boolean]>([
    ['http.path == "/a" && net.protocol == "http"', { path: '/a' }, true],
    ['http.path == r#"/a"b"#', { path: '/a"b' }, true],
    ['http.path == "/a\\"\\\\b"', { path: '/a"\\b' }, true],
    ['http.path =^ ".json"', { path: '/a.json' }, true],
    ['http.path contains "/b/"', { path: '/a/b/c' }, true],
    ['lower(http.path) ^= "/abc"', { path: '/ABCD' }, true],
    ['http.path ^= "/abc"', { path: '/ABCD' }, false],
    ['net.dst.port == 0x1F40', { port: 8000 }, true],
    ['net.dst.port == 017500', { port: 8000 }, true],
    ['net.dst.port >= 80 && net.dst.port < 9000', { port: 8000 }, true],
    ['net.dst.port == 81', { host: 'a.com:81' }, true],
    ['net.src.ip in 10.0.0.0/8', {}, true],
    ['net.src.ip not in 10.0.0.0/8', {}, false],
    ['net.src.ip == 10.1.2.3 && net.src.port == 4000', {}, true],
    ['net.src.ip in fd00::/8', {}, false],
    ['http.headers.x_tenant == "one"', { headers: ['X-Tenant', 'one'] }, true],
    ['http.headers.x == "1"', { headers: ['x', '1', 'x', '2'] }, false],
    ['any(http.headers.x) == "2"', { headers: ['x', '1', 'x', '2'] }, true],
    ['http.headers.x != "1"', { headers: ['x', '1', 'x', '2'] }, false],
    ['http.headers.x != "1"', {}, false],
    ['http.headers.x contains "1"', { headers: ['x', '2', 'x', '1'] }, false],
    ['any(http.headers.x) contains "1"', { headers: ['x', '2', 'x', '1'] }, true],
    ['http.queries.q == "a b" && http.queries.e == ""', { path: '/?q=a+b&e' }, true],
    ['http.path.segments.0 == "a" && http.path.segments.1_2 == "b/c" && http.path.segments.len == 3', { path: '/a/b/c/' }, true],
    ['http.path.segments.3 == "a"', { path: '/a/b/c' }, false],
    ['http.path.segments.1_3 == "a"', { path: '/a/b/c' }, false],
    ['tls.sni == "a.com"', { secure: true, sni: 'a.com' }, true],
    ['!(http.method == "GET" || http.method == "HEAD")', { method: 'POST' }, true],
    ['any(lower(http.headers.x)) ~ "^v[12]$"', { headers: ['x', 'V2'] }, true],
  ])('%s of %o: %s', (text, asked, wanted) => expect(holds(text, asked)).toBe(wanted));

  it('never fails otherwise than by a SyntaxError', () => {
    const piece = fc.constantFrom(
      'http.path',
      'lower(',
      'any(',
      ')',
      '(',
      '!',
      '&&',
      '||',
      '==',
      '~',
      '^=',
      'not in',
      'contains',
      '"a"',
      'r#"',
      '"#',
      '1',
      '10.0.0.0/8',
      '::1',
      ' ',
      '\\',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((all) => all.join(' ')),
          fc.string({ maxLength: 40 }),
        ),
        (text) => {
          try {
            checkExpression(parseExpression(text));
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("Rust's regular expressions", () => {
  it.each<[string, string, string | null]>([
    ['^/a/(?P<id>\\d+)$', '/a/12', '/a/12'],
    ['^/(?i)USERS', '/users', '/users'],
    ['^/a(?i)b|C', '/xc', 'c'],
    ['(?i:a)b', 'AB', null],
    ['(?i)a(?-i)b', 'Ab', 'Ab'],
    ['(?i)[a-c]X', 'Bx', 'Bx'],
    ['(?i)[^k]', '\u212a', null],
    ['(?i)\\p{Lu}', 'a', 'a'],
    ['(?i)ß', '\u1e9e', '\u1e9e'],
    ['(?m)\\Ab', 'a\nb', null],
    ['a.c', 'a\nc', null],
    ['(?s)a.c', 'a\nc', 'a\nc'],
    ['(?x) a \\  b # words', 'a b', 'a b'],
    ['(?U)a+', 'aaa', 'a'],
    ['a+?', 'aaa', 'a'],
    ['\\w+', 'größe', 'größe'],
    ['\\d', '\u0664', '\u0664'],
    ['[0-9]', '\u0664', null],
    ['\\bword\\b', 'a word.', 'word'],
    ['\\bé', 'xé', null],
    ['[[:alpha:]]+[[:^alpha:]]', 'ab1', 'ab1'],
    ['[a-z&&[^aeiou]]+', 'aeixyz', 'xyz'],
    ['[a-z--[b-y]]+', 'bza', 'za'],
    ['[]a]+', ']a', ']a'],
    ['[-a]+', 'a-', 'a-'],
    ['\\p{Greek}+', 'abγδ', 'γδ'],
    ['\\pL\\PL', 'a1', 'a1'],
    ['\\x41\\u{42}', 'AB', 'AB'],
    ['\\Aa\\z', 'a', 'a'],
    ['a{2}{2}', 'aaaa', 'aaaa'],
    ['a{,2}b', 'aab', 'aab'],
    ['/users/\\-\\.', '/users/-.', '/users/-.'],
    ['(?m)^b$', 'a\nb', 'b'],
    ['a/(b|c)', 'a/c', 'a/c'],
  ])('%s finds in %j %j', (source, text, found) => expect(compileRust(source).exec(text)?.[0] ?? null).toBe(found));

  it.each([
    ['(?=a)', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(a)\\1', 'references to groups'],
    ['a{', 'repetition operator'],
    ['/users/{id}', 'repetition operator'],
    ['*a', 'nothing to repeat'],
    ['(a', 'unclosed group'],
    ['a)', 'unopened group'],
    ['[a', 'unclosed character class'],
    ['\\y', 'no escape'],
    ['\\', 'incomplete escape'],
    ['\\p{Nothing}', 'no Unicode property'],
    ['(?-u)a', 'Unicode'],
    ['(?<n>a)(?<n>b)', 'Duplicate capture group'],
    ['(a+)+$', 'exponential'],
    ['a**', 'exponential'],
    ['(?x)(a # )\n +)+$', 'exponential'],
  ])('refuses %s', (source, why) => expect(() => compileRust(source)).toThrow(why));

  it('never fails otherwise than by a SyntaxError', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '(',
      ')',
      '[',
      ']',
      '^',
      '-',
      '&&',
      '|',
      '*',
      '+?',
      '{2}',
      '{,3}',
      '\\d',
      '\\b',
      '\\p{L}',
      '(?i)',
      '(?P<n>',
      '.',
      '$',
      '\\',
      '(?x:',
      ' ',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        try {
          compileRust(pieces.join('')).exec('ab a');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
