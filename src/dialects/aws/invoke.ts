import type { Exchange } from '../../engine/exchange.ts';
import type { Deps } from '../../engine/kit.ts';

const late = Symbol('late');
type Run = (event: unknown, context: unknown) => unknown;

/** Calls a function for at most so long. Answers `undefined` where there is none of that name; throws what it throws. */
export async function invoke(
  name: string,
  event: unknown,
  exchange: Exchange,
  deps: Deps,
  { requestId, timeoutMs }: { readonly requestId: string; readonly timeoutMs: number },
): Promise<{ readonly result: unknown } | 'late' | undefined> {
  const run = deps.functions(name, exchange.scope) as Run | undefined;
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
