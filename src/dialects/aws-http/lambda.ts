import type { DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { invoke } from '../aws/invoke.ts';
import { event1, event2, isText } from './event.ts';
import { requestIdOf } from './identifiers.ts';
import { readReply } from './reply.ts';

export interface LambdaOptions {
  readonly function: string;
  readonly payload: '1.0' | '2.0';
  readonly timeoutMs: number;
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
      const called = await invoke(options.function, event, exchange, deps, { requestId, timeoutMs: options.timeoutMs });
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
