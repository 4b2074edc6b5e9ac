import type { DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import type { StageFacts } from './context.ts';
import { requestIdOf } from './identifiers.ts';
import { invoke } from './invoke.ts';
import { proxyEvent } from './proxy-event.ts';
import { readProxyReply } from './proxy-reply.ts';
import { answerWithTrace } from './trace.ts';

export interface LambdaOptions extends StageFacts {
  readonly function: string;
  readonly binaryMediaTypes: readonly string[];
  readonly timeoutMs: number;
  /** The function writes its answer: bytes as they are, with cookies beside. */
  readonly streamed: boolean;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const firstType = (value: string | undefined): string => value?.split(/[,;]/, 1)[0]?.trim().toLowerCase() ?? '';
const isBinary = (types: readonly string[], type: string): boolean =>
  type !== '' && types.some((one) => one === '*/*' || one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))));

/** A function behind a proxy integration. */
export const lambda: DestinationKind<LambdaOptions> = {
  kind: 'aws-rest/lambda',
  create: (options, deps) => {
    const { random } = deps;
    const types = options.binaryMediaTypes.map((type) => type.toLowerCase());
    return async (exchange) => {
      const { headers } = exchange.arrived;
      const binary = isBinary(types, firstType(headers.get('content-type')));
      const event = proxyEvent(exchange, options, await exchange.body.whole(), binary, { requestId: requestIdOf(exchange, random), random });
      const invoked = await invoke(options.function, event, options.timeoutMs, exchange, deps);
      if ('refused' in invoked) return invoked.refused;
      // A function that fails and one that answers what is no answer look the same from outside.
      const reply = 'error' in invoked ? undefined : readProxyReply(invoked.result, options.streamed);
      if (reply === undefined) return refuse(ownFault('aws-rest/malformed-reply'));
      // Only the first media type of Accept decides whether the text is decoded; the reply's own Content-Type plays no part.
      const decoded = reply.isBase64 && (options.streamed || isBinary(types, firstType(headers.get('accept'))));
      if (decoded && !base64.test(reply.body)) return refuse(fault('internal', { cause: 'the reply is not base64' }));
      answerWithTrace(exchange, random);
      return ownAnswer(reply.status, reply.headers, Buffer.from(reply.body, decoded ? 'base64' : 'utf8'));
    };
  },
};
