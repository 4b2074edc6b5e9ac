import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { slot } from '../../engine/slot.ts';
import { hex, traceOfAnswer } from './trace.ts';

const requestIds = slot<string>('aws-rest/request-id');

/** The same for a request however often it is asked for. */
export function requestIdOf(exchange: Exchange, random: () => number): string {
  const known = exchange.read(requestIds);
  if (known !== undefined) return known;
  const id = `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
  exchange.write(requestIds, id);
  return id;
}

/** The longer identifier of the same request, as `x-amz-apigw-id` has it. */
export const extendedIdOf = (requestId: string): string => Buffer.from(requestId.replaceAll('-', ''), 'hex').subarray(0, 11).toString('base64');

/** Every answer carries both, the gateway's own refusals too. */
export const identifiers: StepKind<null> = {
  kind: 'aws-rest/identifiers',
  create:
    (_options, { random }) =>
    (exchange) => {
      const headers = exchange.response?.headers;
      const requestId = requestIdOf(exchange, random);
      const trace = traceOfAnswer(exchange);
      headers?.set('x-amzn-RequestId', requestId);
      headers?.set('x-amz-apigw-id', extendedIdOf(requestId));
      if (trace !== undefined && exchange.response?.from === 'upstream') headers?.set('X-Amzn-Trace-Id', trace);
      return undefined;
    },
};
