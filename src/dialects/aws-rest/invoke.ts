import type { Exchange } from '../../engine/exchange.ts';
import type { Deps } from '../../engine/kit.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import { invoke as call } from '../aws/invoke.ts';
import { requestIdOf } from './identifiers.ts';

/** How a function ended. */
export type Invoked =
  | { readonly result: unknown }
  | { readonly error: { readonly errorMessage: string; readonly errorType: string; readonly trace: readonly string[] } }
  | { readonly refused: Failure };

/** Asks a function; a time-out of the integration is the gateway's, on its clock. `isAnswer`: of messages of errors that are no mistake of its own. */
export async function invoke(
  name: string,
  event: unknown,
  timeoutMs: number,
  exchange: Exchange,
  deps: Deps,
  isAnswer: (message: string) => boolean = () => false,
): Promise<Invoked> {
  const upstream = `function:${name}`;
  const requestId = requestIdOf(exchange, deps.random);
  try {
    const called = await call(name, event, exchange, deps, { requestId, timeoutMs, isAnswer: (error) => isAnswer(errorOf(error).errorMessage) });
    if (called === undefined) return { refused: refuse(fault('upstream-unmapped', { upstream })) };
    return called === 'late' ? { refused: refuse(fault('upstream-timeout', { upstream, afterMs: timeoutMs })) } : called;
  } catch (error) {
    const failure = errorOf(error);
    exchange.note(`the function ${name} failed: ${failure.errorType}: ${failure.errorMessage}`);
    return { error: failure };
  }
}

/** An error as a function's runtime tells it. */
function errorOf(error: unknown): Extract<Invoked, { error: unknown }>['error'] {
  if (!(error instanceof Error)) return { errorMessage: String(error), errorType: 'string', trace: [] };
  const { trace } = error as { trace?: unknown };
  const lines = Array.isArray(trace) ? trace.map(String) : (error.stack ?? '').split('\n');
  return { errorMessage: error.message, errorType: error.name, trace: lines };
}
