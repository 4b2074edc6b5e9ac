import { finished } from 'node:stream/promises';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { FailureReport } from './function-error.ts';
import { takeOutput } from './function-console.ts';
import { functionContext } from './function-context.ts';
import { loadHandler, type Handler } from './load-handler.ts';
import { hookModules } from './module-hooks.ts';
import { isStreaming, offerStreaming, ResponseStream, type StreamingHandler } from './response-stream.ts';
import type { FromWorker, ToWorker, WorkerPlan } from './worker-messages.ts';

// The program of a worker thread: one function, loaded once, asked again and again.
const plan = workerData as WorkerPlan;
const port = parentPort as MessagePort;
const say = (message: FromWorker): void => port.postMessage(message);

const loaded: string[] = [];
function tellFiles(): void {
  if (loaded.length > 0) say({ type: 'files', files: loaded.splice(0) });
}

/** Of the invocation that runs; empty between them. */
let requestId = '';
/** What becomes of the invocation when nothing is left to wait for. */
let whenIdle: (() => void) | null = null;

/** Source: the errors of aws-lambda-nodejs-runtime-interface-client (src/Errors.js). */
const reportOf = (error: unknown): FailureReport =>
  error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error && 'stack' in error)
    ? {
        errorType: String((error as Error).name),
        errorMessage: String((error as Error).message),
        trace: String((error as Error).stack ?? '').split('\n'),
      }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

function fail(report: FailureReport, last = false): void {
  finish();
  say({ type: 'failed', report, last });
}

function succeed(result: unknown): void {
  let text: string;
  try {
    text = JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    return fail(reportOf(new Error('Unable to stringify response body')));
  }
  finish();
  say({ type: 'done', result: text });
}

/** From here on the worker waits for the next invocation. */
function finish(): void {
  requestId = '';
  whenIdle = null;
  port.ref();
  tellFiles();
}

function invoke(handler: Handler, asked: ToWorker): void {
  requestId = asked.requestId;
  // While it runs nothing of ours keeps the event loop alive: an empty one means that the function waits for nothing.
  port.unref();
  let settled = false;
  const once = (act: () => void): void => {
    if (!settled) act();
    settled = true;
  };
  const settle = (error: unknown, result?: unknown): void =>
    once(() => {
      const answer = (): void => (error === null || error === undefined ? succeed(result) : fail(reportOf(error)));
      if (context.callbackWaitsForEmptyEventLoop) whenIdle = answer;
      else answer();
    });
  const context = functionContext(plan, asked, settle);
  // A handler that neither answers nor waits for anything has answered null.
  whenIdle = () => once(() => succeed(null));
  try {
    const event: unknown = JSON.parse(asked.event);
    const returned = isStreaming(handler) ? written(handler, event, context) : handler(event, context, settle);
    if (!isPromise(returned)) return;
    if (!settled) whenIdle = () => once(() => end(neverSettled, 13));
    void returned.then(
      (result) => once(() => succeed(result)),
      (error: unknown) => once(() => fail(reportOf(error))),
    );
  } catch (error) {
    once(() => fail(reportOf(error)));
  }
}

/** Its answer is there when what it writes to has ended, whatever it returns. */
async function written(handler: StreamingHandler, event: unknown, context: object): Promise<unknown> {
  const stream = new ResponseStream();
  const [, answer] = await Promise.all([handler(event, stream, context), finished(stream).then(() => stream.answer)]);
  return answer;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

const neverSettled: FailureReport = {
  errorType: 'Runtime.NodeJsExit',
  errorMessage:
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  trace: [],
};

function end(report: FailureReport, code: number): never {
  fail(report, true);
  process.exit(code);
}

process.on('beforeExit', () => whenIdle?.());
process.on('uncaughtException', (error) => end(reportOf(error), 129));
process.on('unhandledRejection', (reason) =>
  end({ ...reportOf(reason), errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason) }, 128),
);
takeOutput((level, text) => say({ type: 'log', level, text, requestId }));

offerStreaming();
hookModules(plan, (file) => loaded.push(file));
loadHandler(plan.handler, plan.inline?.file).then(
  (handler) => {
    tellFiles();
    port.on('message', (asked: ToWorker) => invoke(handler, asked));
    say({ type: 'ready' });
  },
  (error: unknown) => {
    tellFiles();
    end(reportOf(error), 1);
  },
);
