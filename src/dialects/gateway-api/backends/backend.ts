import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer, DestinationKind, LinkedStep, Opener, StepKind } from '../../../engine/kit.ts';
import type { Failure, Outcome } from '../../../engine/outcome.ts';
import { ownAnswer } from '../../../engine/own-answer.ts';
import { runSteps } from '../../../engine/run.ts';
import { slot } from '../../../engine/slot.ts';
import type { FilterSteps } from '../filters/read-filters.ts';
import { invalidReference } from '../own-faults.ts';

const chosenHead = slot<readonly LinkedStep[]>('gateway-api filters of the chosen backend');

/** A backend with filters of its own around its destination. */
export const filteredBackend: DestinationKind<FilterSteps> = {
  kind: 'gateway-api/backend',
  create({ request, head }, { linkAll, linkDestination }, { children }) {
    const before = linkAll(request);
    const after = linkAll(head);
    const open = linkDestination(children[0] as (typeof children)[number]);
    return (exchange) => {
      exchange.write(chosenHead, after);
      const outcome = runSteps(before, exchange);
      return outcome instanceof Promise ? outcome.then((one) => goOn(one, open, exchange)) : goOn(outcome, open, exchange);
    };
  },
};

function goOn(outcome: Outcome, open: Opener, exchange: Exchange): ReturnType<Opener> {
  if (outcome === undefined) return open(exchange);
  if (outcome.type === 'fault') return outcome;
  if (outcome.type === 'jump') return invalidReference('a filter of a backend cannot jump');
  return ownAnswer(outcome.status, [...outcome.headers], Buffer.from(outcome.body as string)) satisfies Answer | Failure;
}

/** What the filters of the chosen backend do to its answer. Before those of the rule. */
export const backendHead: StepKind<null> = {
  kind: 'gateway-api/backend-head',
  create: () => (exchange) => runSteps(exchange.read(chosenHead) ?? [], exchange),
};

/** Where a reference leads nowhere: its share of the requests answers 500, as the API asks. */
export const invalidBackend: DestinationKind<{ readonly reason: string }> = {
  kind: 'gateway-api/invalid-backend',
  create({ reason }) {
    const failure = invalidReference(reason);
    return () => failure;
  },
};
