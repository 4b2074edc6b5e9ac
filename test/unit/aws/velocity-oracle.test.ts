import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../src/dialects/aws/velocity/parse-template.ts';
import { render } from '../../../src/dialects/aws/velocity/render.ts';
import { TemplateFailure, TemplateSyntaxError } from '../../../src/dialects/aws/velocity/syntax.ts';
import { variables } from './velocity-values.ts';

/** Where Debian puts Velocity 1.7 and what it needs. */
const jars = ['velocity', 'commons-collections3', 'commons-lang'].map((name) => `/usr/share/java/${name}.jar`);
const program = fileURLToPath(new URL('VelocityOracle.java', import.meta.url));
const canRun = jars.every((jar) => existsSync(jar)) && String(spawnSync('java', ['--list-modules']).stdout).includes('jdk.compiler');

const values = { s: 'Hello', n: 7, t: true, f: false, l: ['a', 'b', 'c'], m: { a: 1, b: { c: 2 } } };
function ours(template: string): string {
  try {
    return render(parseTemplate(template), variables(values));
  } catch (error) {
    if (error instanceof TemplateSyntaxError || error instanceof TemplateFailure) return '!';
    throw error;
  }
}

function theirs(templates: readonly string[]): string[] {
  const input = templates.map((one) => `${Buffer.from(one).toString('base64')}\n`).join('');
  const { stdout } = spawnSync('java', ['-cp', jars.join(':'), program], { input, encoding: 'utf8', maxBuffer: 1e8 });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (line === '!' ? '!' : Buffer.from(line.slice(0, -1), 'base64').toString()));
}

const reference = fc.constantFrom(
  '$s',
  '$!s',
  '${s}',
  '$n',
  '$m.a',
  '$m.b.c',
  '$none',
  '$!none',
  '$m.none',
  '$l.size()',
  '$l.get(0)',
  '$l[1]',
  '$s.length()',
  '$s.none()',
  '\\$s',
  '\\\\$s',
  '\\\\\\$s',
  '\\\\\\$none',
  '\\\\$!none',
  '\\$none',
  '$m',
);
const operand = fc.constantFrom('1', '2', '-3', '2.5', '0', '$n', '$s', '$none', '"x"', "'y'", '"$s$n"', 'true', '$m.a', '[1, 2]', '{"k": 1}');
const expression = fc.oneof(
  operand,
  fc
    .tuple(operand, fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'and', 'gt', 'ne'), operand)
    .map(([left, operator, right]) => `${left} ${operator} ${right}`),
  operand.map((one) => `!${one}`),
);
// A `#set` directly behind `$x.y` leaves Velocity's scanner in a state of its own, in which later comments are text: kept apart by `|`.
const plain = fc.constantFrom(
  'a',
  ' ',
  '\n',
  ' \n',
  'b.',
  '"',
  '\\',
  '{}',
  ' ## c\n',
  '#* c *#',
  '#[[$s]]#',
  '#fff',
  '$5',
  '-',
  '|#set($y = 1)',
  '| #set($z = 2) \n',
  '$z',
);
const { template } = fc.letrec<{ template: string; part: string }>((tie) => ({
  template: fc.array(tie('part'), { maxLength: 5 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small' },
    plain,
    reference,
    fc.tuple(expression).map(([value]) => `|#set($x = ${value})$x`),
    fc
      .tuple(expression, tie('template'), tie('template'), fc.constantFrom('', '\n'))
      .map(([when, then, other, line]) => `#if(${when})${line}${then}#else${line} ${other}#end${line}`),
    fc
      .tuple(fc.constantFrom('$l', '[1..3]', '$m', '$none', '["p", $n]'), tie('template'), fc.constantFrom('', '\n'))
      .map(([over, body, line]) => `#foreach($i in ${over})${line}$i$foreach.hasNext ${body}#end${line}`),
  ),
}));

describe('generated templates', () => {
  it.skipIf(!canRun)(
    'come out as from Apache Velocity 1.7 (needs a JDK and the Debian packages velocity, libcommons-collections3-java, libcommons-lang-java)',
    { timeout: 60_000 },
    () => {
      const templates = fc.sample(template, { numRuns: 1_500, seed: 7 });
      const expected = theirs(templates);
      const different = templates.flatMap((one, at) =>
        ours(one) === expected[at] ? [] : [{ template: one, expected: expected[at], found: ours(one) }],
      );
      expect(templates.length).toBe(expected.length);
      expect(different).toEqual([]);
    },
  );
});
