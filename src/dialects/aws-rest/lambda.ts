import type { DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault, ownFault } from '../../model/fault.ts';
import { ownAnswer } from '../../engine/own-answer.ts';
import { requestIdOf } from './identifiers.ts';
import { proxyEvent } from './proxy-event.ts';
import { readProxyReply } from './proxy-reply.ts';

export interface LambdaOptions {
  readonly function: string;
  readonly stage: string;
  readonly binaryMediaTypes: readonly string[];
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const firstType = (value: string | undefined): string => value?.split(/[,;]/, 1)[0]?.trim().toLowerCase() ?? '';
const isBinary = (types: readonly string[], type: string): boolean =>
  type !== '' && types.some((one) => one === '*/*' || one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))));

/** A function behind a proxy integration. */
export const lambda: DestinationKind<LambdaOptions> = {
  kind: 'aws-rest/lambda',
  create: (options, { functions, random }) => {
    const { stage } = options;
    const types = options.binaryMediaTypes.map((type) => type.toLowerCase());
    return async (exchange) => {
      const run = functions(options.function, exchange.scope) as ((event: unknown, context: unknown) => unknown) | undefined;
      if (run === undefined) return refuse(fault('upstream-unmapped', { upstream: `function:${options.function}` }));
      const { headers } = exchange.arrived;
      const requestId = requestIdOf(exchange, random);
      const event = proxyEvent(exchange, stage, requestId, await exchange.body.whole(), isBinary(types, firstType(headers.get('content-type'))));
      let result: unknown;
      try {
        result = await run(event, { functionName: options.function, awsRequestId: requestId });
      } catch {
        return refuse(ownFault('aws-rest/malformed-reply'));
      }
      const reply = readProxyReply(result);
      if (reply === undefined) return refuse(ownFault('aws-rest/malformed-reply'));
      // Only the first media type of Accept decides whether the text is decoded; the reply's own Content-Type plays no part.
      const decoded = reply.isBase64 && isBinary(types, firstType(headers.get('accept')));
      if (decoded && !base64.test(reply.body)) return refuse(fault('internal', { cause: 'the reply is not base64' }));
      return ownAnswer(reply.status, reply.headers, Buffer.from(reply.body, decoded ? 'base64' : 'utf8'));
    };
  },
};
