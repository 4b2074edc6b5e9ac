import { createServer, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { failureOf, testFunctions } from './functions.ts';

/** A runtime in few words: asks for work, answers by what the event says. */
const runtime = `const at = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/';
const post = (path, body) => fetch(at + path, { method: 'POST', body: JSON.stringify(body) });
if (process.env.BROKEN) { await post('init/error', { errorType: 'Init', errorMessage: 'no start', stackTrace: [] }); process.exit(1); }
let n = 0;
for (;;) {
  const asked = await fetch(at + 'invocation/next');
  const { headers } = asked;
  const id = headers.get('lambda-runtime-aws-request-id');
  const event = await asked.json();
  n += 1;
  if (event.exit !== undefined) process.exit(event.exit);
  if (event.loop) for (;;);
  console.log('asked');
  if (event.bad) await post('invocation/' + id + '/error', { errorType: 'Bad', errorMessage: 'no', stackTrace: ['a', 'b'] });
  else await post('invocation/' + id + '/response', { n, id, arn: headers.get('lambda-runtime-invoked-function-arn'), table: process.env.TABLE });
}`;

describe("a command of the user's own", () => {
  const start = (more: Readonly<Record<string, string>> = {}): ReturnType<typeof testFunctions> =>
    testFunctions(
      { 'runtime.mjs': runtime },
      { f: { function: { command: [process.execPath, 'runtime.mjs'] }, environment: { TABLE: 't', ...more }, timeoutMs: 1_000, concurrency: 1 } },
    );

  it('is kept warm, hears who asks, and answers', async () => {
    await using all = start();
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
    expect(await all.find('f')({}, { awsRequestId: 'r-1' })).toEqual({ n: 1, id: 'r-1', arn, table: 't' });
    expect(await all.find('f')({}, { awsRequestId: 'r-2' })).toMatchObject({ n: 2, id: 'r-2' });
    expect(await failureOf(all.find('f')({ bad: true }))).toMatchObject({ name: 'Bad', message: 'no', trace: ['a', 'b'] });
    expect(all.lines[0]).toEqual({ function: 'f', requestId: expect.stringMatching(/^r-1$|^$/), level: 'INFO', text: 'asked' });
  });

  it('that ends, loops or does not start fails as in production, and is started again', async () => {
    await using all = start();
    expect(await failureOf(all.find('f')({ exit: 4 }, { awsRequestId: 'r' }))).toMatchObject({
      name: 'Runtime.ExitError',
      message: 'RequestId: r Error: Runtime exited with error: exit status 4',
    });
    expect(await failureOf(all.find('f')({ loop: true }, { awsRequestId: 'r' }))).toMatchObject({
      message: expect.stringContaining('timed out after 1.00'),
    });
    expect(await all.find('f')({})).toMatchObject({ n: 1 });
    await using broken = start({ BROKEN: '1' });
    expect(await failureOf(broken.find('f')({}))).toMatchObject({ name: 'Init', message: 'no start' });
  });

  it('that is not there is told', async () => {
    await using all = testFunctions({}, { f: { function: { command: ['./no-such-program'] } } });
    expect((await failureOf(all.find('f')({}))).message).toContain('ENOENT');
  });
});

describe('a function behind a URL', () => {
  async function at(answer: (req: IncomingMessage, body: string) => { status?: number; headers?: Record<string, string>; body: string } | null) {
    const server = createServer(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += String(chunk);
      const made = answer(req, body);
      if (made !== null) res.writeHead(made.status ?? 200, made.headers ?? {}).end(made.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/2015-03-31/functions/function/invocations`;
    const all = testFunctions({}, { f: { function: { url }, timeoutMs: 200 } });
    return { ask: all.find('f'), [Symbol.asyncDispose]: async () => (server.closeAllConnections(), server.close(), all[Symbol.asyncDispose]()) };
  }

  it('is sent its event', async () => {
    await using one = await at((req, body) => ({ body: JSON.stringify([req.method, req.url, JSON.parse(body)]) }));
    expect(await one.ask({ a: 1 })).toEqual(['POST', '/2015-03-31/functions/function/invocations', { a: 1 }]);
  });

  it.each([
    [{ body: '{"errorType":"Bad","errorMessage":"no","stackTrace":["a"]}' }, { name: 'Bad', message: 'no', trace: ['a'] }],
    [
      { headers: { 'X-Amz-Function-Error': 'Unhandled' }, body: '{"errorMessage":"no"}' },
      { name: 'Error', message: 'no' },
    ],
    [
      { status: 500, body: 'gone' },
      { name: 'Error', message: 'gone' },
    ],
    [{ body: 'no JSON' }, { name: 'Runtime.InvalidResponse' }],
    [null, { name: 'Sandbox.Timedout', message: expect.stringContaining('timed out after 0.20 seconds') }],
  ])('that fails: %j', async (answer, failure) => {
    await using one = await at(() => answer);
    expect(await failureOf(one.ask({}))).toMatchObject(failure);
  });

  it('that is not there is told', async () => {
    await using all = testFunctions({}, { f: { function: { url: 'http://127.0.0.1:1/' } } });
    expect((await failureOf(all.find('f')({}))).message).toMatch(/^the function at http:\/\/127\.0\.0\.1:1\/ cannot be asked/);
  });
});
