import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../src/dialects/aws/velocity/parse-template.ts';
import { render } from '../../../src/dialects/aws/velocity/render.ts';
import { TemplateFailure, TemplateSyntaxError } from '../../../src/dialects/aws/velocity/syntax.ts';
import { variables } from './velocity-values.ts';

const values = { s: 'Hello', n: 7, t: true, f: false, l: ['a', 'b'], m: { a: 1, b: { c: 2 } }, q: 'a-b-c' };
const rendered = (template: string): string => render(parseTemplate(template), variables(values));

const vectors = new URL('../../../../shared/conformance/vectors/velocity.json', import.meta.url);
const known = existsSync(vectors) ? (JSON.parse(readFileSync(vectors, 'utf8')) as Vectors) : null;
interface Vectors {
  readonly ctx: Readonly<Record<string, unknown>>;
  readonly rows: readonly { readonly name: string; readonly template: string; readonly expect: string }[];
}

describe.skipIf(known === null)('what Velocity 1.7 printed', () => {
  it.each(known?.rows ?? [])('$name: $template', ({ template, expect: expected }) => {
    const run = (): string => render(parseTemplate(template), variables(known?.ctx ?? {}));
    if (expected.startsWith('THROWS')) expect(run).toThrow(TemplateSyntaxError);
    else expect(run()).toBe(expected);
  });
});

describe('references', () => {
  it.each([
    ['$s.length() ${s}x $!{none}|$none', '5 Hellox |$none'],
    ['\\$s \\\\$s \\$none \\\\$none', '$s \\Hello \\$none \\\\$none'],
    ['$m.b.c $m["b"]["c"] $l[1] $l[-1]', '2 2 b b'],
    ['$m.a## c', '1## c'],
    ['$5 ${ } $.x $$s', '$5 ${ } $.x $Hello'],
  ])('%s', (template, expected) => expect(rendered(template)).toBe(expected));
});

describe('directives', () => {
  it.each([
    ['#foreach($i in $l)$i#if($foreach.hasNext), #end#end', 'a, b'],
    ['#foreach($i in [1..3])#foreach($j in [1..2])$foreach.parent.count$j #end#end', '11 12 21 22 31 32 '],
    ['#set($x = {"a": [1, 2.5, true], \'b\': "$s"})$x', '{a=[1, 2.5, true], b=Hello}'],
    ['#if($n % 2 == 1 && !($n > 7))odd#end', 'odd'],
    ['#macro(twice $a)$a$a#end#twice("x")#twice($s)', 'xxHelloHello'],
    ['a#stop b', 'a'],
    ['#[[ $s #if ]]#', ' $s #if '],
    ["#set($c = '$s!')#evaluate($c)", 'Hello!'],
    ['#unknown($s) #1 #', undefined],
  ])('%s', (template, expected) => {
    if (expected === undefined) expect(() => rendered(template)).toThrow(TemplateSyntaxError);
    else expect(rendered(template)).toBe(expected);
  });
});

describe('Java methods', () => {
  it.each([
    ['$s.replaceAll("(l+)", "<$1>")', 'He<ll>o'],
    ['$q.split("-").size() $q.split("-", 2).get(1)', '3 b-c'],
    ['$s.format("%05d|%-4s|%.2f", 42, "ab", 1.5)', '00042|ab  |1.50'],
    ['$l.add("c") $l.indexOf("c") $l.subList(1, 3)', 'true 2 [b, c]'],
    ['$m.entrySet() $m.values() $m.containsKey("a")', '[a=1, b={c=2}] [1, {c=2}] true'],
    ['$n.toString().length() $n.class.simpleName', '1 Integer'],
  ])('%s', (template, expected) => expect(rendered(template)).toBe(expected));
});

describe('bounds', () => {
  it('ends a loop after 1000 passes, as API Gateway does', () => {
    expect(rendered('#foreach($i in [1..1500])x#end')).toHaveLength(1_000);
  });

  it.each([
    ['too much output', '#set($x = "0123456789")#foreach($i in [1..30])#set($x = "$x$x")#end$x'],
    ['a text that doubles', '#foreach($i in [1..40])#set($s = $s.concat($s))#end'],
    ['a sum of texts that doubles', '#foreach($i in [1..40])#set($s = $s + $s)#end'],
    ['macros that call themselves', '#macro(again)#again()#end#again()'],
    ['a definition that holds itself', '#define($d)$d#end$d'],
    ['loops within loops', '#foreach($i in [1..1000])#foreach($j in [1..1000])#set($x = $i)#end#end'],
    ['numbers that grow', '#set($x = 9)#foreach($i in [1..40])#set($x = $x * $x)#end'],
    ['an unsafe regular expression', '$s.matches("(a+)+b")'],
    ['an index beyond a list', '$l.get(9)'],
  ])('%s fails', (_, template) => expect(() => rendered(template)).toThrow(TemplateFailure));

  it.each(['#foreach($i in $l)', '#if(', '$s.length(', '#set($x)', '#end', '#parse("x")', '#if($t)'.repeat(200), '${s'])(
    '%s is refused',
    (template) => expect(() => parseTemplate(template)).toThrow(TemplateSyntaxError),
  );

  it('says where', () => {
    expect(() => parseTemplate('a\n  #if($s ==)x#end')).toThrow(expect.objectContaining({ line: 2, column: 12 }) as Error);
  });
});
