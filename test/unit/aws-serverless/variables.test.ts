import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseVariables } from '../../../src/sources/serverless/variables/parse.ts';
import { readServerless, type Given } from './read.ts';

/** What `value` becomes in a configuration with something to refer to. */
const valueOf = (value: string, given?: Given): unknown => read(value, given).data['x'];
const read = (value: string, given?: Given) =>
  readServerless(
    `
service: shop
provider: { name: aws, region: eu-west-1 }
custom:
  name: orders
  port: 8080
  on: true
  nothing: null
  empty: ''
  list: [one, { two: "\${self:custom.name}" }]
  dev: { host: dev.example.test }
  prod: { host: example.test }
x: ${value}
`,
    given,
  );

describe('sources', () => {
  test.each([
    ['${self:custom.name}', 'orders'],
    ['${self:custom.port}', 8080],
    ['${self:custom.on}', true],
    ['${self:custom.list}', ['one', { two: 'orders' }]],
    ['${self:custom.list.1.two}', 'orders'],
    ['${self:custom.dev}', { host: 'dev.example.test' }],
    ['a-${self:custom.name}-${self:custom.port}', 'a-orders-8080'],
    ['${self:custom.${sls:stage}.host}', 'dev.example.test'],
    ['${self:custom.${opt:stage, "prod"}.host}', 'example.test'],
    ['${self:custom.${self:custom.nothing, "dev"}.host}', 'dev.example.test'],
    ['${self:provider.region}', 'eu-west-1'],
    ['${aws:region}', 'eu-west-1'],
    ['${aws:accountId}', '123456789012'],
    ['${sls:instanceId}', 'local'],
    ['${sls:stage}', 'dev'],
    ['${strToBool(true)}', true],
    ['${strToBool(${self:custom.on})}', true],
    ['${strToBool(0)}', false],
  ])('%s', (value, expected) => expect(valueOf(`"${value.replaceAll('"', "'")}"`)).toEqual(expected));

  test('the stage that is asked for', () => {
    expect(valueOf('${sls:stage}/${opt:stage}', { stage: 'prod' })).toBe('prod/prod');
    expect(readServerless('provider: { stage: "${opt:stage, \'test\'}" }\nx: ${sls:stage}').data['x']).toBe('test');
    expect(readServerless('provider: { stage: "${opt:stage, \'test\'}" }', { stage: 'prod' }).stage).toBe('prod');
  });

  test('the environment, and options and parameters by --var', () => {
    expect(valueOf('${env:HOST}', { env: { HOST: 'a.test' } })).toBe('a.test');
    expect(valueOf('${env:ON}', { env: { ON: 'true' } })).toBe(true);
    expect(valueOf('${opt:tier}-${param:tier}', { given: { tier: 'free' } })).toBe('free-free');
    expect(valueOf('${opt:constructor, "none"}')).toBe('none');
    expect(valueOf('${env:constructor, "none"}')).toBe('none');
  });

  test('an answer for a whole variable stands above what its source says', () => {
    const given = { 'ssm:/shop/key': 'k', 'cf:stack.Url': 'u', 'self:custom.name': 'n', 'file(a.yml):b': 'f' };
    expect(valueOf('${ssm:/shop/key}', { given })).toBe('k');
    expect(valueOf('${ssm:/shop/key~true}', { given })).toBe('k');
    expect(valueOf('${cf(eu-west-1):stack.Url}', { given })).toBe('u');
    expect(valueOf('${self:custom.name}', { given })).toBe('n');
    expect(valueOf('${file(a.yml):b}', { given })).toBe('f');
  });

  test('parameters by stage, in the words of versions 3 and 4', () => {
    const three = 'params: { default: { a: 1, b: 2 }, prod: { a: 3 } }\nx: "${param:a} ${param:b}"';
    expect(readServerless(three).data['x']).toBe('1 2');
    expect(readServerless(three, { stage: 'prod' }).data['x']).toBe('3 2');
    const four =
      'stages: { default: { params: { a: 1, b: 2 } }, prod: { params: { a: "${self:service}" } } }\nservice: s\nx: "${param:a} ${param:b}"';
    expect(readServerless(four).data['x']).toBe('1 2');
    expect(readServerless(four, { stage: 'prod' }).data['x']).toBe('s 2');
  });
});

describe('what stands after a comma', () => {
  test.each([
    ["${opt:x, 'text, with a comma'}", 'text, with a comma'],
    ['${opt:x, 5}', 5],
    ['${opt:x, -1.5}', -1.5],
    ['${opt:x, true}', true],
    ['${opt:x, null}', null],
    ['${opt:x, self:custom.name}', 'orders'],
    ['${opt:x, env:Y, self:custom.nothing, self:custom.port}', 8080],
    ['${opt:x, ${self:custom.name}}', 'orders'],
    ['${opt:x,self:custom.dev}', { host: 'dev.example.test' }],
    ["${self:custom.empty, 'no'}", ''],
    ['${opt:x,\n    ${env:Y, "deep"}}', 'deep'],
  ])('%s', (value, expected) => {
    const { data, problems } = read(JSON.stringify(value));
    expect(data['x']).toEqual(expected);
    expect(problems).toEqual([]);
  });

  test('a bare word is no value', () => {
    expect(read('${opt:x, word}').problems).toEqual([
      'serverless.yml:13:1  error DG1205  the variable falls back to "word", which is no value. expected a source, a number, true, false, null or a quoted text',
    ]);
  });
});

describe('what is left as it stands', () => {
  test.each([
    '${AWS::Region}',
    'arn:${AWS::Partition}:x',
    '${Table}',
    '${Table.Arn}',
    '${!Literal}',
    '${',
    '${}',
    'a $ b',
    '${input.params("x")}',
    '${self:custom',
  ])('%s', (value) => {
    const { data, problems } = read(JSON.stringify(value));
    expect(data['x']).toBe(value);
    expect(problems).toEqual([]);
  });
  test('an escaped variable', () => expect(valueOf(JSON.stringify('a \\${self:custom.name}'))).toBe('a ${self:custom.name}'));
  test('what stands in a part that CloudFormation substitutes', () =>
    expect(valueOf('{ Fn::Sub: "https://${Api}.${self:custom.name}.${AWS::URLSuffix}" }')).toEqual({
      'Fn::Sub': 'https://${Api}.orders.${AWS::URLSuffix}',
    }));
  test('tags stay', () => {
    const { root } = read('!Sub "${Api}-${self:custom.name}"');
    expect(root.get('x').tree).toMatchObject({ tag: 'Sub', value: '${Api}-orders' });
  });
});

describe('files', () => {
  test('YAML, JSON and text, whole or by a path in them, their own variables resolved', () => {
    const files = { 'a.yml': 'b: { c: "${self:service}-${sls:stage}" }\nlist: [1]', 'conf/dev.json': '{"k": 1}', 'key.txt': 'line\n' };
    const { data, watched } = readServerless(
      'service: s\nx: ${file(a.yml)}\ny: ${file(./a.yml):b.c}\nz: ${file(./conf/${sls:stage}.json):k}\nt: ${file(key.txt)}\nu: ${file(no.yml):a, 1}',
      { files },
    );
    expect(data).toMatchObject({ x: { b: { c: 's-dev' }, list: [1] }, y: 's-dev', z: 1, t: 'line\n', u: 1 });
    expect([...watched]).toEqual(expect.arrayContaining(['a.yml', 'conf/dev.json', 'key.txt', 'no.yml']));
  });

  test('a whole section may stand in one, in which a variable asks for another part of the section', () => {
    const files = { 'custom.yml': 'a: ${self:custom.b}\nb: ${self:service}' };
    expect(readServerless('service: s\ncustom: ${file(custom.yml)}\nx: ${self:custom.a}', { files }).data['x']).toBe('s');
  });

  test('a broken one is told at its own line', () => {
    expect(readServerless('x: ${file(a.yml)}', { files: { 'a.yml': 'a: 1\nb: [' } }).problems).toEqual([
      expect.stringMatching(/^a\.yml:\d+:\d+ {2}error DG1101/),
      expect.stringContaining('warning DG1205'),
    ]);
  });

  test('what comes from one stands there', () => {
    const { root } = readServerless('x: ${file(a.yml):b}', { files: { 'a.yml': 'a: 1\nb:\n  c: 2' } });
    expect(root.get('x').get('c').origin).toEqual({ file: 'a.yml', line: 3, column: 3, pointer: '/b/c' });
  });
});

describe('modules', () => {
  const files = {
    'data.js': 'module.exports = { a: { b: 1 }, list: [1, "${self:service}"] };',
    'call.cjs':
      'module.exports = async ({ options, resolveConfigurationProperty }) => ({ s: options.stage, p: await resolveConfigurationProperty(["custom", "p"]) });',
    'parts.js': 'module.exports = { plain: 1, f: () => ({ x: 2 }), late: async () => 3, env: () => process.env.A };',
    'esm.mjs': 'export default { a: 1 };\nexport const b = 2;',
    'types.ts': 'const value: number = 4;\nexport default { value };',
  };
  const valueIn = (value: string) =>
    readServerless(`service: s\ncustom: { p: "\${self:service}!" }\nx: ${value}`, { files, stage: 'prod', env: { A: 'a' } }).data['x'];
  test.each([
    ['${file(data.js):a}', { b: 1 }],
    ['${file(data.js):a.b}-${file(data.js):list.1}', '1-s'],
    ['${file(call.cjs)}', { s: 'prod', p: 's!' }],
    ['${file(call.cjs):p}', 's!'],
    ['${file(parts.js):plain}', 1],
    ['${file(parts.js):f.x}', 2],
    ['${file(parts.js):late}', 3],
    ['${file(parts.js):env}', 'a'],
    ['${file(parts.js):none, "no"}', 'no'],
    ['${file(esm.mjs):a}-${file(esm.mjs):b}', '1-2'],
    ['${file(types.ts):value}', 4],
  ])('%s', (value, expected) => expect(valueIn(value)).toEqual(expected));

  test.each(['throw new Error("broken")', 'process.exit(0)', 'module.exports = (', 'module.exports = () => { throw new Error("broken") }'])(
    'one that cannot be run: %s',
    (text) =>
      expect(readServerless('x: ${file(a.cjs)}', { files: { 'a.cjs': text } }).problems[0]).toMatch(
        /^serverless\.yml:1:1 {2}error DG1205 {2}a\.cjs cannot be run: ./,
      ),
  );
  test('what it takes in is watched, too', () => {
    const { watched } = readServerless('x: ${file(a.cjs):b}', {
      files: { 'a.cjs': 'module.exports = { b: require("./c.cjs") };', 'c.cjs': 'module.exports = 1;' },
    });
    expect([...watched].sort()).toEqual(['a.cjs', 'c.cjs']);
  });
});

describe('.env files', () => {
  const files = { '.env': 'A=all\nB=all', '.env.prod': 'A=prod' };
  test('are read where the configuration says so', () => {
    const text = 'useDotenv: true\nx: ${env:A}-${env:B}';
    expect(readServerless(text, { files }).data['x']).toBe('all-all');
    expect(readServerless(text, { files, stage: 'prod' }).data['x']).toBe('prod-env:B');
    expect(readServerless(text, { files, env: { A: 'own' } }).data['x']).toBe('own-all');
    expect(readServerless('x: ${env:A, "none"}', { files }).data['x']).toBe('none');
  });
  test('build upon each other and the environment', () => {
    const given = { files: { '.env': 'A=$HOME_HOST/${B:-b}/${C}/\\$D\nC=c' }, env: { HOME_HOST: 'h' } };
    expect(readServerless('useDotenv: true\nx: ${env:A}', given).data['x']).toBe('h/b/c/$D');
  });
  test('are read by version 4 in any case', () => expect(readServerless("frameworkVersion: '4'\nx: ${env:A}", { files }).data['x']).toBe('all'));
});

describe('what is not known here', () => {
  test('is a text that names it, told once with what mends it', () => {
    const { data, problems } = readServerless('x: https://${cf:net.Host}/a\ny: ${cf:net.Host}\nz: ${env:KEY}\nw: ${self:custom.no}\nv: ${opt:tier}');
    expect(data).toMatchObject({ x: 'https://cf:net.Host/a', y: 'cf:net.Host', z: 'env:KEY', w: 'self:custom.no', v: 'opt:tier' });
    expect(problems).toEqual([
      'serverless.yml:1:1  warning DG1205  cf:net.Host is not known here: it is the text "cf:net.Host". give it with --var \'cf:net.Host=VALUE\'',
      'serverless.yml:3:1  warning DG1205  env:KEY leads to nothing, and no other value stands after it: it is the text "env:KEY". set KEY in the environment, or give it with --var \'env:KEY=VALUE\'',
      'serverless.yml:4:1  warning DG1205  self:custom.no leads to nothing, and no other value stands after it: it is the text "self:custom.no". give it with --var \'self:custom.no=VALUE\'',
      'serverless.yml:5:1  warning DG1205  opt:tier leads to nothing, and no other value stands after it: it is the text "opt:tier". give it with --var tier=VALUE',
    ]);
  });
  test('gives way to what stands after it, which is told', () => {
    const { data, problems } = readServerless("x: ${ssm:/a, 'b'}");
    expect(data['x']).toBe('b');
    expect(problems[0]).toContain('warning DG1205  ssm:/a is not known here: what stands after it counts');
  });
  test('a stage that is not given is dev, a region us-east-1', () => {
    expect(readServerless('x: ${opt:stage}-${opt:region}').data['x']).toBe('dev-us-east-1');
    expect(readServerless('x: ${self:provider.stage}').data['x']).toBe('dev');
    expect(readServerless('provider: { stage: "${file(a.json):stage}" }\nx: ${self:provider.stage}-${sls:stage}').data['x']).toBe('dev-dev');
  });
  test('is told once for each file that is absent', () =>
    expect(readServerless('x: ${file(a.json):b}\ny: ${file(a.json):c}').problems).toEqual([
      "serverless.yml:1:1  warning DG1205  there is no file a.json: what variables ask of it is a text that names it. write the file, or give it with --var 'file(a.json):b=VALUE'",
    ]));
  test('is not told where only custom holds it', () => {
    expect(readServerless('custom: { a: "${ssm:/a}" }').problems).toEqual([]);
    expect(readServerless('custom: { a: "${ssm:/a}" }\nx: ${self:custom.a}').problems).toHaveLength(1);
    expect(readServerless('stages: { prod: { params: { a: "${ssm:/a}" } } }').problems).toEqual([]);
  });
});

describe('variables without an end', () => {
  test.each([
    'custom: { a: "${self:custom.b}", b: "${self:custom.a}" }',
    'custom: { a: { b: "${self:custom.a}" } }',
    'x: ${self:}',
    'x: "a ${self:x}"',
    'provider: { stage: "${sls:stage}" }',
  ])('%s', (text) => expect(readServerless(text).problems.join()).toContain('error DG1205  refers to itself by way of its variables'));

  test('of many others', () => {
    const lines = Array.from({ length: 3000 }, (_, at) => `a${at}: \${self:a${at + 1}}`);
    expect(readServerless([...lines, 'a3000: 1'].join('\n')).problems[0]).toContain('stands at the end of more than');
  });
  test('that grow', () => {
    const lists = Array.from({ length: 40 }, (_, at) => `a${at}: ["\${self:a${at + 1}}", "\${self:a${at + 1}}"]`);
    expect(readServerless([...lists, 'a40: 1'].join('\n')).problems[0]).toContain('is too large once its variables are written out');
    const texts = Array.from({ length: 40 }, (_, at) => `a${at}: "\${self:a${at + 1}}\${self:a${at + 1}}"`);
    expect(readServerless([...texts, 'a40: long'].join('\n')).problems[0]).toContain('is too long once its variables are written out');
  });
});

describe('the parts of a configuration', () => {
  test('functions and resources in lists are merged', () => {
    const { data, problems } = readServerless(
      `
service: shop
provider: aws
functions: [{ a: { handler: a.b } }, "\${file(more.yml)}", "\${file(absent.yml)}"]
resources:
  - Resources: { T: { Type: A, Properties: { N: 1, M: 1 } } }
  - Resources: { T: { Properties: { N: 2 } }, U: { Type: B } }
  - \${file(absent.yml)}
`,
      { files: { 'more.yml': 'c: { handler: c.d }' } },
    );
    expect(data).toMatchObject({
      service: { name: 'shop' },
      provider: { name: 'aws' },
      functions: { a: { handler: 'a.b' }, c: { handler: 'c.d' } },
      resources: { Resources: { T: { Type: 'A', Properties: { N: 2, M: 1 } }, U: { Type: 'B' } } },
    });
    expect(problems).toEqual([expect.stringContaining('warning DG1205  there is no file absent.yml: ')]);
  });
  test('a text is no map', () => expect(readServerless('functions: all').problems).toEqual([expect.stringContaining('error DG1202')]));
});

describe('in the ledger', () => {
  test('what a variable took is read where the place that it was taken to is read', () => {
    const { root, verdicts } = readServerless(
      'provider: { stage: test }\ncustom: { a: 1, b: 2, c: { d: 3, e: 4 }, f: "${file(f.yml)}" }\nx: "${self:custom.a}-${sls:stage}"\ny: ${self:custom.c}\nz: ${self:custom.f.g}',
      { files: { 'f.yml': 'g: 1\nh: 2' } },
    );
    expect(root.get('x').string()).toBe('1-test');
    expect(root.get('y').get('d').number()).toBe(3);
    expect(root.get('z').number()).toBe(1);
    expect(verdicts()).toEqual({
      '/provider/stage': 'mirrored',
      '/custom/a': 'mirrored',
      '/custom/b': 'ignored',
      '/custom/c/d': 'mirrored',
      '/custom/c/e': 'ignored',
      '/custom/f': 'mirrored',
      '/x': 'mirrored',
      '/y': 'mirrored',
      '/z': 'mirrored',
    });
    expect(verdicts('f.yml')).toEqual({ '/g': 'mirrored', '/h': 'ignored' });
  });
  test('what is ignored in one place and read in another is read', () => {
    const { root, verdicts } = readServerless('custom: { a: { b: 1 } }\nx: ${self:custom.a}\ny: ${self:custom.a}');
    root.get('x').ignored('does nothing');
    root.get('y').get('b').number();
    expect(verdicts()).toEqual({ '/custom/a/b': 'mirrored', '/x': 'ignored', '/y': 'mirrored' });
  });
});

/** `\\` keeps what follows it, and goes before `${`. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\(\$(?=\{)|[^])/g, (all: string, next: string, at: number) => (text.startsWith('${', at + 1) ? next : all));

describe('the parser', () => {
  const piece = fc.constantFrom(
    '${',
    '}',
    '{',
    '$',
    ':',
    '(',
    ')',
    ',',
    "'",
    '"',
    '\\',
    ' ',
    '\n',
    'self',
    'file',
    'a',
    '1',
    '.',
    '::',
    'AWS',
    '~',
    'null',
  );
  test('understands or leaves any text, in one piece', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        (text) => {
          const parts = parseVariables(text) ?? [text];
          expect(parts.length).toBeGreaterThan(text === '' ? -1 : 0);
          if (parts.every((part) => typeof part === 'string')) expect(parts.join('')).toBe(unescaped(text));
        },
      ),
      { numRuns: 2000 },
    );
  });
  test('resolves any text without falling over', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
        (text) => {
          readServerless(`custom: { a: ${JSON.stringify(text)} }\nx: ${JSON.stringify(text)}`);
        },
      ),
      { numRuns: 150 },
    );
  });
  test.each(['${a:', "${a:'", '${a(', '${a:x,', '${a:x,${', '$', '\\$', '${a:"x",'])('is done soon with a long run of %s', (run) => {
    const started = performance.now();
    parseVariables(run.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
