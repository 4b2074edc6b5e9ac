import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load } from '../../../src/gateway/load.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (name: string, text: string): ReturnType<typeof load> => {
  writeFileSync(path.join(folder, name), text);
  return load({ config: name, dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
};
const dialectOf = (name: string, text: string): string | undefined => read(name, text).sources[0]?.dialect;

describe('a file that was named', () => {
  it('is known by what stands in it, whatever it is called', () => {
    expect(dialectOf('gate.yaml', 'routes:\n  - match: {path: "/*"}\n    upstream: 127.0.0.1:3000\n')).toBe('native');
    expect(dialectOf('gate.json', '{\n"routes": [{\n "match": {"path": "/"},\n "steps": []\n}]\n}')).toBe('native');
    expect(dialectOf('any.yml', '_format_version: "3.0"\nservices: []\n')).toBe('kong');
    expect(dialectOf('site.conf', 'http { server { listen 80; location / { return 204; } } }\n')).toBe('nginx');
  });

  it.each([
    ['an unknown language', 'routes:\n  - uri: /a\n    upstream: {nodes: {}}\n'],
    ['nothing', ''],
  ])('is refused where it is %s, with the names to choose from', (_, text) => {
    expect(() => read('other.yaml', text)).toThrow(/is not recognised/);
  });
});
