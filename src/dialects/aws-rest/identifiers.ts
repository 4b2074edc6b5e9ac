import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { slot } from '../../engine/slot.ts';

const requestIds = slot<string>('aws-rest/request-id');
const hex = (random: () => number, digits: number): string => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** The same for a request however often it is asked for. */
export function requestIdOf(exchange: Exchange, random: () => number): string {
  const known = exchange.read(requestIds);
  if (known !== undefined) return known;
  const id = `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
  exchange.write(requestIds, id);
  return id;
}

/** Every answer carries both, the gateway's own refusals too. */
export const identifiers: StepKind<null> = {
  kind: 'aws-rest/identifiers',
  create:
    (_options, { random }) =>
    (exchange) => {
      const headers = exchange.response?.headers;
      headers?.set('x-amzn-RequestId', requestIdOf(exchange, random));
      headers?.set('x-amz-apigw-id', `${hex(random, 15)}=`);
      return undefined;
    },
};
