import type { Exchange } from '../../engine/exchange.ts';
import type { Deps } from '../../engine/kit.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import { requestIdOf } from './identifiers.ts';

/** How a function ended. */
export type Invoked =
  | { readonly result: unknown }
  | { readonly error: { readonly errorMessage: string; readonly errorType: string; readonly trace: readonly string[] } }
  | { readonly refused: Failure };

const late = Symbol('late');

/** Asks a function; a time-out of the integration is the gateway's, on its clock. `isAnswer`: of messages of errors that are no mistake of its own. */
export async function invoke(
  name: string,
  event: unknown,
  timeoutMs: number,
  exchange: Exchange,
  { functions, clock, random }: Pick<Deps, 'functions' | 'clock' | 'random'>,
  isAnswer: (message: string) => boolean = () => false,
): Promise<Invoked> {
  const run = functions(name, exchange.scope, (error) => isAnswer(errorOf(error).errorMessage)) as
    | ((event: unknown, context: unknown) => unknown)
    | undefined;
  const upstream = `function:${name}`;
  if (run === undefined) return { refused: refuse(fault('upstream-unmapped', { upstream })) };
  let stop = (): void => {};
  const timeout = new Promise<typeof late>((resolve) => {
    stop = (exchange.clock ?? clock).after(timeoutMs, () => resolve(late));
  });
  const called = new Promise((resolve) => {
    resolve(run(event, { functionName: name, awsRequestId: requestIdOf(exchange, random) }));
  });
  try {
    const result = await Promise.race([called, timeout]);
    return result === late ? { refused: refuse(fault('upstream-timeout', { upstream, afterMs: timeoutMs })) } : { result };
  } catch (error) {
    const failure = errorOf(error);
    exchange.note(`the function ${name} failed: ${failure.errorType}: ${failure.errorMessage}`);
    return { error: failure };
  } finally {
    stop();
  }
}

/** An error as a function's runtime tells it. */
function errorOf(error: unknown): Extract<Invoked, { error: unknown }>['error'] {
  if (!(error instanceof Error)) return { errorMessage: String(error), errorType: 'string', trace: [] };
  const { trace } = error as { trace?: unknown };
  const lines = Array.isArray(trace) ? trace.map(String) : (error.stack ?? '').split('\n');
  return { errorMessage: error.message, errorType: error.name, trace: lines };
}
