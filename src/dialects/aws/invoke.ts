import type { Exchange } from '../../engine/exchange.ts';
import type { Deps } from '../../engine/kit.ts';

const late = Symbol('late');
interface Invocation {
  readonly requestId: string;
  readonly timeoutMs: number;
  /** What the function may throw to say something, which is no mistake of its own. */
  readonly isAnswer?: (error: unknown) => boolean;
}
type Run = (event: unknown, context: unknown) => unknown;

/** How the function of an authorizer refuses whoever asks. Source: the developer guide, Lambda authorizers. */
export const isUnauthorized = (error: unknown): boolean => error instanceof Error && error.message === 'Unauthorized';

/** Calls a function for at most so long. Answers `undefined` where there is none of that name; throws what it throws. */
export async function invoke(
  name: string,
  event: unknown,
  exchange: Exchange,
  deps: Deps,
  { requestId, timeoutMs, isAnswer }: Invocation,
): Promise<{ readonly result: unknown } | 'late' | undefined> {
  const run = deps.functions(name, exchange.scope, isAnswer) as Run | undefined;
  if (run === undefined) return undefined;
  let stop = (): void => {};
  const timeout = new Promise<typeof late>((resolve) => {
    stop = (exchange.clock ?? deps.clock).after(timeoutMs, () => resolve(late));
  });
  try {
    const result = await Promise.race([run(event, { functionName: name, awsRequestId: requestId }), timeout]);
    return result === late ? 'late' : { result };
  } finally {
    stop();
  }
}
