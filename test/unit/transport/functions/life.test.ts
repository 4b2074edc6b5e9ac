import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { FunctionSettings } from '../../../../src/model/gateway.ts';
import { failureOf, testFunctions, type TestFunctions } from './functions.ts';

const of = (text: string, more: Partial<FunctionSettings> = {}): TestFunctions =>
  testFunctions({ 'f.mjs': text }, { f: { function: './f.handler', ...more } });

/** Answers how often it was asked, and does what the event says. */
const counting = (acts: string): string => `let n = 0;\nexport const handler = async (event) => { n += 1; ${acts}; return n; };`;

describe('an instance', () => {
  it('is kept warm, and asked one thing at a time', async () => {
    await using all = of(counting(''), { concurrency: 1 });
    expect(await Promise.all([1, 2, 3].map(() => all.find('f')({})))).toEqual([1, 2, 3]);
  });

  it('has others beside it, as many as are wanted at once and no more', async () => {
    // A gate that opens when both have come: one instance alone would wait for ever.
    const meet = `import { connect } from 'node:net';
      import { threadId } from 'node:worker_threads';
      export const handler = ({ port }) => new Promise((resolve) => connect(port, '127.0.0.1').on('data', () => {}).on('end', () => resolve(threadId)));`;
    const come: { end(): void }[] = [];
    const server = createServer((socket) => {
      come.push(socket);
      if (come.length === 2) for (const one of come.splice(0)) one.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as { port: number };
    await using all = of(meet, { concurrency: 2 });
    const threads = await Promise.all([1, 2, 3, 4].map(() => all.find('f')({ port })));
    expect(new Set(threads).size).toBe(2);
    server.close();
  });

  it.each([
    ['ends', 'process.exit()', 'Runtime.ExitError', 'RequestId: r Error: Runtime exited without providing a reason'],
    ['ends with a status', 'process.exit(7)', 'Runtime.ExitError', 'RequestId: r Error: Runtime exited with error: exit status 7'],
    ['throws where nobody catches', 'setImmediate(() => { throw new RangeError("late"); }); await new Promise(() => {})', 'RangeError', 'late'],
    [
      'rejects where nobody catches',
      'void Promise.reject(new RangeError("late")); await new Promise((done) => setImmediate(done))',
      'Runtime.UnhandledPromiseRejection',
      'RangeError: late',
    ],
    ['loops', 'for (;;);', 'Sandbox.Timedout', 'RequestId: r Error: Task timed out after 0.20 seconds'],
    [
      'waits too long',
      'await new Promise((done) => setTimeout(done, 1e6))',
      'Sandbox.Timedout',
      'RequestId: r Error: Task timed out after 0.20 seconds',
    ],
  ])('that %s is replaced by a new one', async (_what, act, name, message) => {
    await using all = of(counting(`if (event.bad) { ${act}; }`), { timeoutMs: 200, concurrency: 1 });
    expect(await all.find('f')({})).toBe(1);
    const after = failureOf(all.find('f')({ bad: true }, { awsRequestId: 'r' }));
    // It waits for the only one there may be.
    const next = all.find('f')({});
    expect(await after).toMatchObject({ name, message });
    expect(await next).toBe(1);
  });

  it('that takes more memory than it has is ended', async () => {
    await using all = of(counting('const kept = []; for (;;) kept.push(new Array(1e5).fill(n))'), { memoryMb: 16, timeoutMs: 0 });
    const message = 'RequestId: r Error: Runtime exited with error: signal: killed';
    expect(await failureOf(all.find('f')({}, { awsRequestId: 'r' }))).toMatchObject({ name: 'Runtime.ExitError', message });
  });

  it('is ended with the gateway, and whoever waits for it is told', async () => {
    const all = of(counting('await new Promise((done) => setTimeout(done, 1e6))'), { timeoutMs: 0, concurrency: 1 });
    const both = [failureOf(all.find('f')({})), failureOf(all.find('f')({}))];
    await all[Symbol.asyncDispose]();
    expect((await Promise.all(both)).map(({ message }) => message)).toEqual([expect.stringContaining('signal: killed'), 'the gateway is closed']);
  });
});

describe('the environment', () => {
  it('is that of production over that of devgateway, and a copy', async () => {
    const text = 'export const handler = async (event) => { if (event.set) process.env.GIVEN = event.set; return { ...process.env }; };';
    await using all = testFunctions(
      { 'f.mjs': text },
      { f: { function: './f.handler', environment: { TABLE: 'orders', AWS_REGION: 'eu-west-1' } }, g: { function: './f.handler' } },
    );
    expect(await all.find('f')({ set: 'changed' })).toMatchObject({
      GIVEN: 'changed',
      TABLE: 'orders',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      _HANDLER: 'f.handler',
      LAMBDA_TASK_ROOT: all.folder,
      TZ: ':UTC',
    });
    const other = (await all.find('g')({})) as Record<string, string>;
    expect([other['GIVEN'], other['TABLE'], other['AWS_REGION'], other['DEVGATEWAY_CONTROL_TOKEN']]).toEqual([
      'yes',
      undefined,
      'us-east-1',
      undefined,
    ]);
    expect(process.env['GIVEN']).toBe(undefined);
  });
});

describe('what has changed', () => {
  it('is made anew, and what runs ends first', async () => {
    await using all = testFunctions(
      { 'f.mjs': "import { n } from './n.mjs';\nexport const handler = async () => n;", 'n.mjs': 'export const n = 1;', 'g.mjs': counting('') },
      { f: { function: './f.handler' }, g: { function: './g.handler' } },
    );
    expect([await all.find('f')({}), await all.find('g')({})]).toEqual([1, 1]);
    all.write({ 'n.mjs': 'export const n = 2;' });
    const running = all.find('f')({});
    all.functions.renew(new Set([`${all.folder}/n.mjs`]));
    expect(await running).toBe(1);
    expect([await all.find('f')({}), await all.find('g')({})]).toEqual([2, 2]);
  });

  it('in the configuration too', async () => {
    await using all = testFunctions({ 'f.mjs': 'export const handler = async () => process.env.A;' }, {});
    const say = (A: string): void => all.functions.configure(new Map([['f', { function: './f.handler', environment: { A } }]]));
    say('1');
    expect(await all.find('f')({})).toBe('1');
    say('2');
    expect(await all.find('f')({})).toBe('2');
    all.functions.configure(new Map());
    expect(all.functions.find('f')).toBe(undefined);
  });
});
