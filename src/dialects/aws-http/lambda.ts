import type { Exchange } from '../../engine/exchange.ts';
import type { Deps, DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { event1, event2, isText } from './event.ts';
import { requestIdOf } from './identifiers.ts';
import { readReply } from './reply.ts';

export interface LambdaOptions {
  readonly function: string;
  readonly payload: '1.0' | '2.0';
  readonly timeoutMs: number;
}

const late = Symbol('late');
type Run = (event: unknown, context: unknown) => unknown;

/** Calls a function for at most so long. Answers `undefined` where there is none of that name; throws what it throws. */
export async function invoke(
  name: string,
  event: unknown,
  exchange: Exchange,
  deps: Deps,
  timeoutMs: number,
): Promise<{ readonly result: unknown } | 'late' | undefined> {
  const run = deps.functions(name, exchange.scope) as Run | undefined;
  if (run === undefined) return undefined;
  let stop = (): void => {};
  const timeout = new Promise<typeof late>((resolve) => {
    stop = (exchange.clock ?? deps.clock).after(timeoutMs, () => resolve(late));
  });
  try {
    const result = await Promise.race([run(event, { functionName: name, awsRequestId: requestIdOf(exchange, deps.random) }), timeout]);
    return result === late ? 'late' : { result };
  } finally {
    stop();
  }
}

/** A function behind a proxy integration. */
export const lambda: DestinationKind<LambdaOptions> = {
  kind: 'aws-http/lambda',
  create: (options, deps) => async (exchange) => {
    const requestId = requestIdOf(exchange, deps.random);
    const bytes = await exchange.body.whole();
    const text = isText(exchange.arrived.headers.get('content-type'));
    const event = options.payload === '1.0' ? event1(exchange, requestId) : event2(exchange, requestId);
    if (bytes.length > 0) event['body'] = bytes.toString(text ? 'utf8' : 'base64');
    else if (options.payload === '1.0') event['body'] = null;
    event['isBase64Encoded'] = bytes.length > 0 && !text;
    try {
      const called = await invoke(options.function, event, exchange, deps, options.timeoutMs);
      if (called === undefined) return refuse(fault('upstream-unmapped', { upstream: `function:${options.function}` }));
      if (called === 'late') return refuse(ownFault('aws-http/function-timeout'));
      const reply = readReply(called.result, options.payload);
      if (reply === undefined) return refuse(fault('internal', { cause: 'the function returned no answer that the gateway understands' }));
      return ownAnswer(reply.status, reply.headers, reply.body);
    } catch (cause) {
      return refuse(fault('internal', { cause }));
    }
  },
};
