import type { Exchange } from '../../../engine/exchange.ts';
import type { DestinationKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot } from '../../../engine/slot.ts';
import { fault } from '../../../model/fault.ts';

const passed = slot<true>('gateway-api deadline has passed');

/** Whether the client has its answer already: nothing more is tried. */
export const hasPassed = (exchange: Exchange): boolean => exchange.read(passed) === true;

/** The whole request, every try of it, within a time. */
export const requestDeadline: DestinationKind<{ readonly afterMs: number }> = {
  kind: 'gateway-api/deadline',
  create({ afterMs }, { clock, linkDestination }, { children }) {
    const open = linkDestination(children[0] as (typeof children)[number]);
    return (exchange) =>
      new Promise((resolve, reject) => {
        const stop = (exchange.clock ?? clock).after(afterMs, () => {
          exchange.write(passed, true);
          resolve(refuse(fault('upstream-timeout', { upstream: exchange.upstream ?? '', afterMs })));
        });
        Promise.resolve(open(exchange)).then((answer) => {
          if (!hasPassed(exchange)) stop();
          else if (!('type' in answer)) answer.abandon();
          resolve(answer);
        }, reject);
      });
  },
};
