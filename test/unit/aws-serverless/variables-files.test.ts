import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { moduleValue } from '../../../src/sources/serverless/variables/module-value.ts';
import { readServerless } from './read.ts';

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
  test.each(['for (;;);', 'module.exports = new Promise(() => setInterval(() => {}, 1000));'])('one without an end is given up: %s', (text) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-endless-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(path.join(folder, 'a.cjs'), text);
    const question = { absolute: path.join(folder, 'a.cjs'), keys: [], options: {}, env: {}, property: () => undefined };
    expect(moduleValue({ ...question, maxMs: 100 })).toEqual({ error: 'it does not come to an end within 0.1 s' });
  });
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
