import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, sourceFiles } from './source-files.ts';

const products =
  /\b(kong|nginx|traefik|ingress|apigateway|lambda|alb|aws|envoy|kubernetes|kubectl|helm|(?:http|grpc|tls)route|referencegrant|configmap)\b/i;
/** A file format may bear a gateway's name. */
const formats = /^sources\/(nginx-conf|openapi|kubernetes|cloudformation|sam|serverless)/;
const below = ['model', 'http', 'limiters', 'engine', 'matching', 'policies', 'sources'];

const naming = (files: ReadonlyMap<string, string>): string[] =>
  [...files].filter(([name, text]) => !formats.test(name) && products.test(text)).map(([name]) => name);

describe('what lies below the dialects', () => {
  const files = new Map([...sourceFiles(path.join(root, 'src'))].filter(([name]) => below.includes(name.split('/')[0] as string)));

  it('names no gateway', () => {
    expect(files.size).toBeGreaterThan(20);
    expect(naming(files)).toEqual([]);
  });

  it('is found out when it does', () => {
    expect(naming(new Map([['engine/seed.ts', '// as Kong does']]))).toEqual(['engine/seed.ts']);
  });
});

describe('time and chance', () => {
  const rooms = ['limiters', 'engine', 'matching', 'policies', 'dialects', 'traffic', 'identity'];
  const wild = /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bnew Date\(\)|\bperformance\.now\(/;
  const using = (files: ReadonlyMap<string, string>): string[] => [...files].filter(([, text]) => wild.test(text)).map(([name]) => name);

  it('are given, never taken', () => {
    const files = new Map([...sourceFiles(path.join(root, 'src'))].filter(([name]) => rooms.includes(name.split('/')[0] as string)));
    expect(files.size).toBeGreaterThan(10);
    expect(using(files)).toEqual([]);
  });

  it('of property tests come from one place, so that CI says the same twice', () => {
    const tests = [...sourceFiles(path.join(root, 'test'))].filter(([, text]) => /from 'fast-check'/.test(text));
    expect(tests.map(([name]) => name)).toEqual(['architecture/neutral.test.ts', 'properties.ts']);
  });

  it('are found out when they are taken', () => {
    expect(using(new Map([['policies/seed.ts', 'const now = Date.now();']]))).toEqual(['policies/seed.ts']);
  });
});
