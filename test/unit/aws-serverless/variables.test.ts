import { fc } from '../../properties.ts';
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

  test('variables in a text that a variable stands for', () => {
    expect(valueOf('${env:A}', { env: { A: '${self:custom.${env:B}}', B: 'port' } })).toBe(8080);
    expect(valueOf("a-${opt:x, '${self:custom.name}'}")).toBe('a-orders');
    expect(valueOf('a-${env:A}', { env: { A: '${self:custom.name}' } })).toBe('a-${self:custom.name}');
    expect(read('${env:A}', { env: { A: '${env:A}' } }).problems[0]).toContain('error DG1205  stands at the end of more than');
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
  test('a list, a map and a function of CloudFormation are no parts of a text', () => {
    expect(read('a ${self:custom.dev}').problems[0]).toContain('error DG1205  has a map within a text');
    expect(readServerless('a: !Ref Table\nx: ${self:a}-b').problems[0]).toContain('error DG1205  has a function of CloudFormation within a text');
    expect(readServerless('a: !Ref Table\nx: ${self:a}').root.get('x').tree).toMatchObject({ tag: 'Ref', value: 'Table' });
  });
  test('tags stay', () => {
    const { root } = read('!Sub "${Api}-${self:custom.name}"');
    expect(root.get('x').tree).toMatchObject({ tag: 'Sub', value: '${Api}-orders' });
  });
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
  test('is what version 4 calls aws:ssm and the like, and what resolvers of the user are for', () => {
    const { data, problems } = readServerless('x: ${aws:ssm:/a}\ny: ${team:s3:bucket/key}\nz: ${vault:a/b.c}');
    expect(data).toEqual({ x: 'aws:ssm:/a', y: 'team:s3:bucket/key', z: 'vault:a/b.c' });
    expect(problems).toHaveLength(3);
    for (const one of problems) expect(one).toContain('is not known here');
  });
  test('gives way to what stands after it, which is told', () => {
    const { data, problems } = readServerless("x: ${ssm:/a, 'b'}");
    expect(data['x']).toBe('b');
    expect(problems[0]).toContain('warning DG1205  ssm:/a is not known here: what stands after it counts');
  });
  test('a stage that is not given is dev, a region us-east-1', () => {
    expect(readServerless('x: ${opt:stage}-${opt:region}').data['x']).toBe('dev-us-east-1');
    expect(readServerless('x: ${self:provider.region}').data['x']).toBe('us-east-1');
    expect(readServerless('x: ${self:provider.stage}').data['x']).toBe('dev');
    expect(readServerless('provider: { stage: "${file(a.json):stage}" }\nx: ${self:provider.stage}-${sls:stage}').data['x']).toBe('dev-dev');
  });
  test('is told once for each file that is absent', () =>
    expect(readServerless('x: ${file(a.json):b}\ny: ${file(a.json):c}').problems).toEqual([
      "serverless.yml:1:1  warning DG1205  there is no file a.json: what variables ask of it is a text that names it. write the file, or give it with --var 'file(a.json):b=VALUE'",
    ]));
  test('is told once for all that lead through it', () =>
    expect(readServerless('custom: { a: "${file(a.json)}" }\nx: ${self:custom.a.b}\ny: ${self:custom.a.c}').problems).toEqual([
      expect.stringContaining('there is no file a.json'),
    ]));
  test('is not told where it has no bearing on requests', () => {
    const { problems } = readServerless(`
service: s
provider: { name: aws, iam: "\${file(iam.yml)}", environment: { A: "\${ssm:/told}" } }
functions: { a: { handler: a.b, role: "\${cf:other.Role}", timeout: "\${opt:told}" } }
resources:
  - Resources:
      Table: { Type: AWS::DynamoDB::Table, Properties: { TableName: "\${ssm:/table}" } }
      Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: "\${cf:told.Name}" } }
`);
    expect(problems).toEqual([
      expect.stringContaining('ssm:/told is not known here'),
      expect.stringContaining('opt:told leads to nothing'),
      expect.stringContaining('cf:told.Name is not known here'),
    ]);
  });
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
functions: [{ a: { handler: a.b }, b: null, d: "\${file(absent.yml)}" }, "\${file(more.yml)}", "\${file(absent.yml)}"]
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
  test('a text is no map', () => {
    expect(readServerless('functions: all').problems).toEqual([expect.stringContaining('error DG1202  functions is "all"')]);
    expect(readServerless('functions: { a: all }').problems).toEqual([expect.stringContaining('error DG1202  functions.a is "all"')]);
  });
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
