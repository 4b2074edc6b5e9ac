import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { slot } from '../../engine/slot.ts';

const requestIds = slot<string>('aws-http/request-id');
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same for a request however often it is asked for. */
export function requestIdOf(exchange: Exchange, random: () => number): string {
  const known = exchange.read(requestIds);
  if (known !== undefined) return known;
  const id = `${Array.from({ length: 15 }, () => alphabet[Math.floor(random() * 64)]).join('')}=`;
  exchange.write(requestIds, id);
  return id;
}

/** Every answer carries it, the gateway's own refusals too. */
export const identifiers: StepKind<null> = {
  kind: 'aws-http/identifiers',
  create:
    (_options, { random }) =>
    (exchange) => {
      exchange.response?.headers.set('apigw-requestid', requestIdOf(exchange, random));
      return undefined;
    },
};
