import { describe, expect, it } from 'vitest';
import { createGateway, isUserError } from '../../../src/index.ts';
import { readCommandLine } from '../../../src/cli/arguments.ts';
import { ask, read, said, start } from './kong-files.ts';

const route = (plugins: string): string => `services:\n  - url: http://a.internal\n    routes:\n      - paths: [/]\n        plugins: [${plugins}]\n`;

describe('plugins that are not mirrored', () => {
  it.each([
    ['zebra', 'it does not come with Kong, and plugins of your own are not run', 200],
    ['pre-function', 'it is Lua, which is not run', 200],
    ['post-function', 'it is Lua, which is not run', 200],
    ['canary', 'the share of requests for the canary is not split off', 200],
    ['opa', 'no policy agent is asked', 501],
    ['saml', 'no identity provider is asked', 501],
    ['mtls-auth', 'client certificates are not mapped to consumers', 501],
  ])('%s is told, and what it would guard is closed', async (name, why, status) => {
    const text = route(`{ name: ${name}, config: { a: 1 } }`);
    expect(await said(text)).toEqual([`warning 6 DG1208 the plugin ${JSON.stringify(name)} is not mirrored: ${why}`]);
    expect((await read(text)).ledger.counts().unknown).toBe(0);
    await using gateway = await start(text);
    expect((await ask(gateway)).status).toBe(status);
  });

  it('and are switched off are not told, and close nothing', async () => {
    const text = route('{ name: opa, enabled: false }');
    expect(await said(text)).toEqual([]);
    await using gateway = await start(text);
    expect((await ask(gateway)).status).toBe(200);
  });

  it('close where they would stand: what runs before them answers', async () => {
    await using gateway = await start(
      route('{ name: cors }, { name: opa }, { name: key-auth }, { name: request-termination, config: { status_code: 418 } }'),
    );
    const preflight = await gateway.fetch(
      new Request('http://localhost/', { method: 'OPTIONS', headers: { origin: 'http://b', 'access-control-request-method': 'GET' } }),
    );
    expect(preflight.status).toBe(200);
    expect((await ask(gateway)).status).toBe(401);
  });

  it('stop the start where that is asked for', async () => {
    const text = route('{ name: zebra }');
    expect((await read(text, { unsupported: 'pass' })).ledger.failed).toBe(false);
    const { ledger } = await read(text, { unsupported: 'fail' });
    expect(ledger.diagnostics).toMatchObject([{ severity: 'error', code: 'DG1208', line: 6 }]);
    await expect(start(text, { unsupported: 'fail' })).rejects.toSatisfy(isUserError);
    await using gateway = await start(text, { unsupported: 'pass' });
    expect((await ask(gateway)).status).toBe(200);
  });

  it('are refused where kong.conf does not load them', async () => {
    const files = (plugins: string): Record<string, string> => ({
      'kong.yml': route('{ name: cors }, { name: zebra }'),
      'kong.conf': `plugins = ${plugins}\n`,
    });
    const refused = ['error 6 DG1205 the plugin "cors" is not enabled', 'error 6 DG1205 the plugin "zebra" is not enabled'];
    const told = ['warning 6 DG1208 the plugin "zebra" is not mirrored: it does not come with Kong, and plugins of your own are not run'];
    expect(await said(files('bundled, zebra'))).toEqual(told);
    expect(await said(files('cors,zebra'))).toEqual(told);
    expect(await said(files('zebra'))).toEqual([refused[0], ...told]);
    expect(await said(files('off'))).toEqual([...refused, ...told]);
  });
});

it('the word for it is read from the command line, and nothing else', async () => {
  const read = (...argv: string[]): unknown => readCommandLine(argv, () => true).unsupported;
  expect([read('check'), read('check', '--unsupported', 'fail'), read('start', '--unsupported=pass')]).toEqual([undefined, 'fail', 'pass']);
  expect(() => read('check', '--unsupported', 'loud')).toThrow('--unsupported is "loud"');
  await expect(createGateway({ unsupported: 'loud' as 'fail' })).rejects.toThrow(TypeError);
});
