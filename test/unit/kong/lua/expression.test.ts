import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compileExpression, notRun, type Environment } from '../../../../src/dialects/kong/lua/compile.ts';
import { stringLibrary } from '../../../../src/dialects/kong/lua/string-library.ts';
import {
  listOf,
  LuaError,
  LuaNotRun,
  LuaSyntaxError,
  tableOf,
  toNumber,
  toText,
  typeOf,
  type LuaValue,
} from '../../../../src/dialects/kong/lua/values.ts';

const environment: Environment = new Map<string, LuaValue | typeof notRun>([
  ['type', ([value]) => [typeOf(value)]],
  ['tostring', ([value]) => [toText(value)]],
  ['tonumber', ([value]) => [toNumber(value)]],
  ['string', tableOf(stringLibrary)],
  ['ngx', notRun],
]);
const headers = tableOf(
  new Map<string, LuaValue>([
    ['a', 'Alpha'],
    ['n', '7'],
    ['twice', listOf(['x', 'y'])],
    ['yes', true],
  ]),
);
const run = (text: string): LuaValue => compileExpression(text, environment, new Set(['headers']))(() => headers);

describe('expressions', () => {
  it.each<[string, LuaValue]>([
    ['headers.a', 'Alpha'],
    ["headers['a']", 'Alpha'],
    ['headers["none"] or "d"', 'd'],
    ['headers.twice[2]', 'y'],
    ['#headers.twice', 2],
    ['type(headers.twice) == "table" and headers.twice[1] .. "-first" or headers.twice', 'x-first'],
    ['none', undefined],
    ['nil == none and not false', true],
    ['10 * headers.n', 70],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['7 % -3', -2],
    ['1 .. 2', '12'],
    ['1 + 2 .. "x"', '3x'],
    ['"a" < "b" and 1 >= 1 and 2 ~= 3', true],
    ['(1 or error)', 1],
    ['#"four"', 4],
    ['[==[a]]b]==]', 'a]]b'],
    ['"\\65\\x42\\z   c\\n"', 'ABc\n'],
    ['tostring(1 / 3)', '0.33333333333333'],
    ['tonumber("0x10") + 1', 17],
    ['headers.a -- what follows is nothing', 'Alpha'],
    ['("x"):rep(3, "-")', 'x-x-x'],
  ])('%s', (text, value) => {
    expect(run(text)).toEqual(value);
  });

  it.each<[string, LuaValue]>([
    ['headers.a:upper()', 'ALPHA'],
    ['headers.a:lower():sub(2, -2)', 'lph'],
    ['headers.a:sub(-3)', 'pha'],
    ['headers.a:sub(0)', 'Alpha'],
    ['headers.a:byte()', 65],
    ['string.char(72, 105)', 'Hi'],
    ['headers.a:reverse()', 'ahplA'],
    ['string.format("%s|%5.2f|%-4d|%04x|%q|%%", "a", 1.005, 7, 255, "b\\"")', 'a| 1.00|7   |00ff|"b\\""|%'],
    ['("a-b-c"):gsub("-", "_")', 'a_b_c'],
    ['("a.b.c"):gsub("%.", "/", 1)', 'a/b.c'],
    ['("hello world"):gsub("(%w+) (%w+)", "%2 %1")', 'world hello'],
    ['("abc"):gsub("", "-")', '-a-b-c-'],
    ['("Bearer abc.def"):match("^Bearer%s+(.+)$")', 'abc.def'],
    ['("key=value"):match("(%w+)=(%w+)")', 'key'],
    ['("  x "):gsub("^%s+", "")', 'x '],
    ['("f(a(b)c)d"):match("%b()")', '(a(b)c)'],
    ['("THE (quick) fox"):find("%((%a+)%)")', 5],
    ['("a+b"):find("+", 1, true)', 2],
    ['("aXb"):match("%u")', 'X'],
    ['("x"):match("y")', undefined],
    ['("abab"):match("(ab)%1")', 'ab'],
    ['("THE (quick)"):match("%f[%a]%l+")', 'quick'],
    ['("a,b"):gsub(",", {})', undefined],
  ])('%s', (text, value) => {
    if (text.includes('{}')) expect(() => run(text)).toThrow(LuaNotRun);
    else expect(run(text)).toEqual(value);
  });

  it.each([
    ['none()', "attempt to call global 'none' (a nil value)"],
    ['none.x', "attempt to index global 'none' (a nil value)"],
    ['headers.a:nosuch()', "attempt to call method 'nosuch' (a nil value)"],
    ['headers.twice .. "x"', 'attempt to concatenate a table value'],
    ['"a" + 1', 'attempt to perform arithmetic on a string value'],
    ['1 < "2"', 'attempt to compare number with string'],
    ['#1', 'attempt to get length of a number value'],
    ['("x"):rep(10000000)', 'not enough memory'],
    ['("a"):rep(2000):match(".-.-.-.-b")', 'pattern too complex'],
    ['("x"):match("[")', 'malformed pattern'],
    ['("x"):sub("y")', 'number expected'],
    ['string.format("%d", "x")', 'number expected'],
  ])('%s stops with: %s', (text, message) => {
    expect(() => run(text)).toThrow(LuaError);
    expect(() => run(text)).toThrow(message);
  });

  it.each([
    ['shared.written = true', '=', 15],
    ['a b', 'b', 2],
    ['', '<eof>', 0],
    ['a..', '<eof>', 3],
    ['"open', 'unfinished string', 0],
    ['1x', 'malformed number', 0],
    ['and', 'and', 0],
    ['('.repeat(240), 'too many syntax levels', 100],
  ])('%s is no Lua', (text, message, at) => {
    expect(() => run(text)).toThrow(LuaSyntaxError);
    expect(() => run(text)).not.toThrow(LuaNotRun);
    expect(() => run(text)).toThrow(message);
    try {
      run(text);
    } catch (error) {
      expect((error as LuaSyntaxError).at).toBe(at);
    }
  });

  it.each([['(function() return 1 end)()'], ['{1}'], ['ngx.time()'], ['f{}'], ['("a"):gmatch("b")'], ['1LL']])('%s is not run', (text) => {
    expect(() => run(text)).toThrow(LuaNotRun);
  });

  it('never hangs, and throws nothing but its own errors', () => {
    const words = [
      'headers',
      '.a',
      '("x")',
      ':gsub("a*b?", "%1")',
      ' or ',
      ' .. ',
      '#',
      '-',
      '(',
      ')',
      '[',
      ']',
      "'",
      '12',
      ' and ',
      'not ',
      '==',
      '\\',
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.constantFrom(...words), { maxLength: 12 }).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          try {
            run(text);
          } catch (error) {
            expect(error instanceof LuaError || error instanceof LuaSyntaxError).toBe(true);
          }
        },
      ),
    );
  });
});
