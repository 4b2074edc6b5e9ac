import { describe, expect, it } from 'vitest';
import { failureOf, testFunctions } from './functions.ts';

/** A function in one file of its own. */
const of = (file: string, text: string, handler = 'f.handler', more = {}): ReturnType<typeof testFunctions> =>
  testFunctions({ [file]: text }, { f: { function: `./${handler}`, ...more } });

describe('modules', () => {
  it.each([
    ['f.mjs', 'export const handler = async (event) => ({ got: event.n });'],
    ['f.cjs', 'exports.handler = async (event) => ({ got: event.n });'],
    ['f.js', 'exports.handler = async (event) => ({ got: event.n });'],
    ['f.mjs', 'export default { handler: async (event) => ({ got: event.n }) };'],
    ['f.mts', 'interface E { n: number }\nexport const handler = async (event: E): Promise<object> => ({ got: event.n });'],
    ['f.cts', 'exports.handler = async (event: { n: number }): Promise<object> => ({ got: event.n });'],
  ])('%s', async (file, text) => {
    await using all = of(file, text);
    expect(await all.find('f')({ n: 7 })).toEqual({ got: 7 });
  });

  it('of a package of ES modules, with what they import', async () => {
    await using all = testFunctions(
      {
        'package.json': '{"type":"module"}',
        'src/a.ts': "import { b } from './b.ts';\nexport const api = { get: async () => b };",
        'src/b.ts': 'export const b: string = "b";',
      },
      { f: { function: 'src/a.api.get' } },
    );
    expect(await all.find('f')({})).toBe('b');
    expect(all.loaded.map((one) => one.slice(all.folder.length + 1)).sort()).toEqual(['src/a.ts', 'src/b.ts']);
  });

  it.each([
    ['imports and module.exports', "import * as p from './p';\nmodule.exports.handler = async () => p.b;", 'b'],
    [
      'what CommonJS has',
      "import './p';\nexport const handler = async () => require('./q.cjs').q + typeof __dirname + typeof __filename;",
      'qstringstring',
    ],
    ['its own names of them', "import './p';\nconst require = (x: string) => x;\nexport const handler = async () => require('own');", 'own'],
    ['only its types', "import { T, type U } from 'none';\nimport V, { b } from './p';\nexport const handler = async (x: T & U & V) => b;", 'b'],
    ['a whole that is a type', "import * as N from 'none';\nimport D from 'none';\nexport const handler = async (x: N.T | D) => 1;", 1],
    [
      'names over several lines',
      "import {\n  T,\n  b as c,\n} from './p';\nexport const handler = async (x: T) => [c, new Error().stack?.match(/f\\.ts:(\\d+)/)?.[1]];",
      ['b', '5'],
    ],
  ])('of TypeScript that a compiler would make CommonJS of: %s', async (_what, text, result) => {
    const p = 'export const b: string = "b";\nexport type T = string;\nconst usual = 1;\nexport default usual;';
    await using all = testFunctions({ 'f.ts': text, 'p.ts': p, 'q.cjs': 'exports.q = "q";' }, { f: { function: './f.handler' } });
    expect(await all.find('f')({})).toEqual(result);
  });

  it('of TypeScript are made by esbuild where the project has it', async () => {
    const fake = `exports.transformSync = (text, { format, loader }) => ({ code: 'exports.handler = async () => ' + JSON.stringify([text, format, loader]) });`;
    await using all = testFunctions({ 'f.ts': 'text', 'node_modules/esbuild/index.js': fake }, { f: { function: './f.handler' } });
    expect(await all.find('f')({})).toEqual(['text', 'cjs', 'ts']);
  });

  it.each([
    ['g.mjs', 'export const handler = 1;', 'Runtime.ImportModuleError', /Cannot find module/],
    ['f.mjs', 'export const other = 1;', 'Runtime.HandlerNotFound', /f\.handler is undefined or not exported/],
    ['f.mjs', 'export const handler = 1;', 'Runtime.HandlerNotFound', /not a function/],
    ['f.mjs', 'export const = 1;', 'Runtime.UserCodeSyntaxError', /SyntaxError/],
    ['f.cjs', 'require("./none");', 'Runtime.ImportModuleError', /Cannot find module '\.\/none'/],
    ['f.mjs', 'import "none";', 'Runtime.ImportModuleError', /none/],
    ['f.mjs', 'throw new TypeError("at the start");', 'TypeError', /at the start/],
    ['f.mjs', 'process.exit(3);', 'Runtime.ExitError', /exit status 3/],
  ])('that cannot be used: %s %s', async (file, text, name, message) => {
    await using all = of(file, text);
    expect(await failureOf(all.find('f')({}))).toMatchObject({ name, message: expect.stringMatching(message) });
  });
});

describe('handlers', () => {
  const answers = (body: string, event: unknown = {}): Promise<unknown> => {
    const all = of('f.mjs', `export const handler = ${body};`);
    return all
      .find('f')(event)
      .finally(() => all[Symbol.asyncDispose]());
  };

  it.each([
    ['async', 'async (event) => event', { a: [1] }, { a: [1] }],
    [
      'what JSON cannot say is left out',
      'async (event) => ({ ...event, at: new Date(0), none: undefined })',
      { a: undefined },
      { at: '1970-01-01T00:00:00.000Z' },
    ],
    ['nothing is null', 'async () => {}', {}, null],
    ['that returns no promise has answered null', '() => "ignored"', {}, null],
    ['callback', '(event, context, callback) => { callback(null, 1); callback(null, 2); }', {}, 1],
    [
      'callback waits for what is under way',
      '(event, context, callback) => { const r = { n: 1 }; setTimeout(() => (r.n = 2), 5); callback(null, r); }',
      {},
      { n: 2 },
    ],
    [
      'callback that does not wait',
      '(event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1e6); callback(null, 1); }',
      {},
      1,
    ],
    ['succeed', '(event, context) => { setInterval(() => {}, 1e6); context.succeed(1); }', {}, 1],
    ['done', '(event, context) => { setTimeout(() => context.done(null, 1), 1); }', {}, 1],
    ['any thenable', '() => ({ then: (done) => setTimeout(() => done(1), 1) })', {}, 1],
  ])('%s', async (_what, body, event, result) => {
    expect(await answers(body, event)).toEqual(result);
  });

  it.each([
    ['text', 'stream.write("a"); stream.end("b");', 'ab'],
    ['JSON', 'stream.setContentType("application/json"); stream.write({ n: 1 }); stream.end();', { n: 1 }],
    [
      'an HTTP answer',
      'const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: "b" }, cookies: ["c=d"] }); out.write("x"); out.end();',
      { statusCode: 201, headers: { a: 'b' }, cookies: ['c=d'], body: 'x', isBase64Encoded: false },
    ],
    [
      'bytes that are no text, later',
      'const out = awslambda.HttpResponseStream.from(stream, {}); setTimeout(() => out.end(Buffer.of(255)), 1);',
      { statusCode: 200, body: '/w==', isBase64Encoded: true },
    ],
    [
      'what is piped',
      'await (await import("node:stream/promises")).pipeline((await import("node:stream")).Readable.from(["a", "b"]), stream);',
      'ab',
    ],
  ])('that write their answer: %s', async (_what, body, result) => {
    expect(await answers(`awslambda.streamifyResponse(async (event, stream, context) => { ${body} })`)).toEqual(result);
  });

  it('that write their answer and fail', async () => {
    const failure = await failureOf(
      answers('awslambda.streamifyResponse(async (event, stream) => { stream.write("a"); throw new RangeError("no"); })'),
    );
    expect([failure.name, failure.message]).toEqual(['RangeError', 'no']);
    const open = await failureOf(answers('awslambda.streamifyResponse(async (event, stream) => { stream.write("a"); })'));
    expect(open.name).toBe('Runtime.NodeJsExit');
  });

  it.each([
    ['throws', '() => { throw new RangeError("no"); }', 'RangeError', 'no'],
    ['rejects', 'async () => { throw new RangeError("no"); }', 'RangeError', 'no'],
    ['rejects with no error', 'async () => { throw "no"; }', 'string', 'no'],
    ['callback', '(e, c, callback) => { callback(new RangeError("no")); }', 'RangeError', 'no'],
    ['fail', '(e, context) => { context.fail(new RangeError("no")); }', 'RangeError', 'no'],
    ['cannot be said', 'async () => { const a = {}; a.a = a; return a; }', 'Error', 'Unable to stringify response body'],
    ['too large', 'async () => "x".repeat(6_291_556)', 'Function.ResponseSizeTooLarge', /6291556 bytes/],
    ['never settled', '() => new Promise(() => {})', 'Runtime.NodeJsExit', /never settled/],
  ])('that fail: %s', async (_what, body, name, message) => {
    const failure = await failureOf(answers(body));
    expect([failure.name, failure.message]).toEqual([name, typeof message === 'string' ? message : expect.stringMatching(message)]);
  });

  it('the trace is that of the function', async () => {
    const failure = await failureOf(answers('async () => { throw new RangeError("no"); }'));
    expect(failure.trace?.[0]).toBe('RangeError: no');
    expect(failure.trace?.[1]).toMatch(/f\.mjs:1/);
  });

  it('are told about themselves', async () => {
    const text = 'export const handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });';
    await using all = of('f.mjs', text, 'f.handler', { memoryMb: 64, timeoutMs: 60_000 });
    const told = (await all.find('f')({}, { awsRequestId: 'r-1', functionVersion: '7' })) as { left: number };
    expect(told).toMatchObject({
      functionName: 'f',
      functionVersion: '7',
      awsRequestId: 'r-1',
      memoryLimitInMB: '64',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      logGroupName: '/aws/lambda/f',
    });
    expect(told.left).toBeGreaterThan(0);
    expect(told.left).toBeLessThanOrEqual(60_000);
    expect(await all.find('f')({})).toMatchObject({ awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/), functionVersion: '$LATEST' });
  });

  it('what they print says whose it is', async () => {
    await using all = of(
      'f.mjs',
      'console.info("loading");\nexport const handler = async () => { console.log("a %d", 1); console.error("b"); process.stdout.write("c\\n"); };',
    );
    await all.find('f')({}, { awsRequestId: 'r-1' });
    expect(all.lines.map((one) => [one.function, one.requestId, one.level, one.text])).toEqual([
      ['f', '', 'INFO', 'loading'],
      ['f', 'r-1', 'INFO', 'a 1'],
      ['f', 'r-1', 'ERROR', 'b'],
      ['f', 'r-1', 'INFO', 'c'],
    ]);
  });
});
