import type { BodyStep, BodyStepKind, LinkedStep, StepKind } from '../../engine/kit.ts';
import type { Exchange } from '../../engine/exchange.ts';
import type { ChunkTransform } from '../../http/body.ts';
import type { Step } from '../../model/gateway.ts';
import { consumerOf } from './consumer.ts';

/** One plugin whose configuration depends on who calls. Null: it does not run for these. */
export interface ByConsumer {
  readonly others: Step | null;
  readonly consumers: readonly Variant[];
  /** For consumers that are not named themselves: of the groups that one is in, the first one counts. */
  readonly groups: readonly Variant[];
}
interface Variant {
  readonly id: string;
  readonly step: Step | null;
}

/** Chosen after authentication, as Kong's plugin iterator does for each request. */
export const byConsumerStep: StepKind<ByConsumer> = {
  kind: 'kong/by-consumer',
  create(options, { link }) {
    const choose = chooser<LinkedStep>(options, link);
    return (exchange) => choose(exchange)?.run(exchange);
  },
};

function chooser<T>({ others, consumers, groups }: ByConsumer, make: (step: Step) => T | null): (exchange: Exchange) => T | null {
  const made = (step: Step | null): T | null => (step === null ? null : make(step));
  const usual = made(others);
  const own = new Map(consumers.map(({ id, step }) => [id, made(step)]));
  const shared = groups.map(({ id, step }) => ({ id, made: made(step) }));
  return (exchange) => {
    const consumer = consumerOf(exchange);
    if (consumer === undefined) return usual;
    const named = own.get(consumer.id);
    if (named !== undefined) return named;
    const group = shared.find(({ id }) => consumer.consumerGroups.some((one) => one.id === id));
    return group === undefined ? usual : group.made;
  };
}

/** The same for the body phase, over the kinds of that phase. */
export const byConsumerBody = (kinds: readonly BodyStepKind<never>[]): BodyStepKind<ByConsumer> => ({
  kind: 'kong/by-consumer/body',
  create(options, deps) {
    const made: BodyStep[] = [];
    const choose = chooser<BodyStep>(options, (step) => {
      const one = kinds.find(({ kind }) => kind === step.kind)?.create(step.options as never, deps, step) ?? null;
      if (one !== null) made.push(one);
      return one;
    });
    return {
      limit: 10 * 1024 * 1024,
      unsized: made.some((one) => one.unsized === true),
      need: (exchange) => choose(exchange)?.need(exchange) ?? 'none',
      transform: (exchange) => choose(exchange)?.transform?.(exchange) ?? untouched,
      watch: (exchange) => choose(exchange)?.watch?.(exchange) ?? { chunk: () => {}, end: () => {} },
      whole: (exchange, body) => choose(exchange)?.whole?.(exchange, body) ?? body,
    };
  },
});

const untouched: ChunkTransform = { chunk: (chunk) => chunk, end: () => null };
