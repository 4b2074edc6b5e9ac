import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const good = 'routes:\n  - match: { path: /orders/* }\n    upstream: localhost:3000\n';
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

const run = (...argv: string[]): ReturnType<typeof runWith> => runWith('', ...argv);

/** `input`: what comes by standard input. */
async function runWith(input: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env: {},
    folder,
    isTerminal: false,
    input: null,
    readInput: () => Promise.resolve(input),
    // Asked to end as soon as it serves.
    onStop(act) {
      setImmediate(act);
      return () => {};
    },
  };
  const code = await main(argv, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('wrong usage', () => {
  it.each([
    [['chek'], 'did you mean "check"?'],
    [['--prot', '1'], 'did you mean "--port"?'],
    [['--port', 'abc'], 'expected a whole number'],
    [['--upstream', 'nothing'], 'expected NAME=URL'],
    [['--upstream', 'a:80=localhost:3000'], 'expected a URL, such as a:80=http://localhost:3000'],
    [['explain', 'GET'], 'explain needs a method and a path'],
    [['explain', 'GET', '/', '-H', 'broken'], 'expected NAME: VALUE'],
    [['completion', 'tcsh'], 'expected one of bash, zsh, fish'],
  ])('%j exits 2 and says what was meant', async (argv, words) => {
    write('devgateway.yaml', good);
    const { code, err, out } = await run(...argv);
    expect(code).toBe(2);
    expect(err).toContain('DG1501');
    expect(err).toContain(words);
    expect(out).toBe('');
  });

  it('takes a folder with the name of no command as configuration', async () => {
    mkdirSync(path.join(folder, 'deploy'));
    write('deploy/devgateway.yaml', good);
    const { code, out } = await run('deploy', '--port', '0');
    expect(code).toBe(0);
    expect(out).toContain('1 routes');
  });
});

describe('standard input', () => {
  const manifest = (name: string): string =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: ${name} }\nspec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: a, port: 80 }] }] }\n---\n`;

  it('is a configuration among others, by the name -', async () => {
    write('more.yaml', manifest('two'));
    const { code, out } = await runWith(manifest('one'), 'routes', '-', 'more.yaml');
    expect(code).toBe(0);
    expect(out).toMatch(/-:\d+/);
    expect(out.split('\n')).toHaveLength(2);
  });

  it('is served, and its mistakes have a place in it', async () => {
    expect((await runWith(manifest('one'), 'start', '-', '--port', '0')).out).toContain('read - (gateway-api): 1 routes');
    const { code, out } = await runWith('apiVersion: v1\nkind: [\n', 'check', '-');
    expect(code).toBe(1);
    expect(out).toContain('-:');
    expect(out).toContain('DG1101');
  });
});

describe('check', () => {
  it('prints exactly the document of the contract', async () => {
    write('devgateway.yaml', good);
    const { code, out, err } = await run('check', '--json');
    const report = JSON.parse(out) as { routes: unknown[]; fidelity: { counts: object; leaves: unknown[] } };
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(Object.keys(report).sort()).toEqual(['diagnostics', 'fidelity', 'routes', 'sources']);
    expect(report.routes[0]).toMatchObject({ dialect: 'native', file: 'devgateway.yaml', line: 2 });
    expect(report.fidelity.counts).toEqual({ mirrored: 2, approximated: 0, ignored: 0, unknown: 0 });
  });

  it('exits 1 and still prints the document where the file cannot be parsed', async () => {
    write('devgateway.yaml', 'routes: [\n');
    const { code, out } = await run('check', '--json');
    const report = JSON.parse(out) as { diagnostics: { code: string; line: number; file: string }[] };
    expect(code).toBe(1);
    expect(report.diagnostics[0]).toMatchObject({ code: 'DG1101', file: 'devgateway.yaml' });
    expect(report.diagnostics[0]?.line).toBeGreaterThan(0);
  });

  it('shows a mistake over the line of the user', async () => {
    write('devgateway.yaml', good.replace('upstream', 'upstraem'));
    const { code, out } = await run('check');
    expect(code).toBe(1);
    expect(out).toContain('devgateway.yaml:3:5  error DG1201');
    expect(out).toContain('> 3 |     upstraem: localhost:3000');
    expect(out).toContain('    |     ^');
    expect(out).toContain('did you mean "upstream"?');
  });
});

describe('other commands', () => {
  it('routes names the line that each route comes from', async () => {
    write('devgateway.yaml', good);
    expect((await run('routes')).out).toContain('devgateway.yaml:2');
  });

  it('explain prints the decisions and sends nothing', async () => {
    write('devgateway.yaml', good);
    const { code, out } = await run('explain', 'GET', '/orders/1');
    expect(code).toBe(0);
    expect(out).toContain('devgateway.yaml:2');
    expect(out).toContain('sends  GET /orders/1');
  });

  it('start drains and exits 0 when it is asked to end; --json is one document', async () => {
    write('devgateway.yaml', good);
    const { code, out } = await run('--port', '0', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ listeners: [{ protocol: 'http' }] });
  });

  it('init writes a file that check accepts and overwrites only by force', async () => {
    expect((await run('init')).code).toBe(0);
    expect((await run('check')).code).toBe(0);
    write('devgateway.yaml', good);
    expect((await run('init')).code).toBe(1);
    expect(readFileSync(path.join(folder, 'devgateway.yaml'), 'utf8')).toBe(good);
    expect((await run('init', '--force')).code).toBe(0);
    expect(existsSync(path.join(folder, 'devgateway.yaml'))).toBe(true);
  });

  it('start takes a program as configuration where there is one', async () => {
    write('devgateway.config.mjs', 'export default { routes: [{ match: { path: "/a" }, steps: [{ reply: { body: "hi" } }] }] };');
    const { code, out } = await run('--port', '0');
    expect(code).toBe(0);
    expect(out).toContain('read devgateway.config.mjs (native): 1 routes');
  });

  it('explain takes the host of production by --as-host', async () => {
    write('devgateway.yaml', 'routes:\n  - match: { host: api.example.com, path: /* }\n    upstream: localhost:3000\n');
    expect((await run('explain', 'GET', '/a')).out).toContain('answer 404');
    expect((await run('explain', 'GET', '/a', '--as-host', 'api.example.com')).out).toContain('sends  GET /a');
    expect(await run('--as-host', 'a b')).toMatchObject({ code: 2 });
  });

  it('says where it looked when there is no configuration', async () => {
    const { code, err } = await run('routes');
    expect(code).toBe(1);
    expect(err).toContain('DG1001');
    expect(err).not.toContain('    at ');
  });
});
