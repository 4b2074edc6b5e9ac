import type { BodyStep, BodyStepKind, LinkedStep, StepKind } from '../../engine/kit.ts';
import type { Exchange } from '../../engine/exchange.ts';
import type { Step } from '../../model/gateway.ts';

/** One plugin whose configuration depends on who calls. Null: it does not run for these. */
export interface ByConsumer {
  readonly others: Step | null;
  readonly consumers: readonly { readonly id: string; readonly step: Step | null }[];
}

/** Chosen after authentication, as Kong's plugin iterator does for each request. */
export const byConsumerStep: StepKind<ByConsumer> = {
  kind: 'kong/by-consumer',
  create({ others, consumers }, { link }) {
    const usual = others === null ? null : link(others);
    const own = new Map(consumers.map(({ id, step }) => [id, step === null ? null : link(step)]));
    return (exchange) => {
      const chosen: LinkedStep | null = choose(exchange, own, usual);
      return chosen === null ? undefined : chosen.run(exchange);
    };
  },
};

function choose<T>(exchange: Exchange, own: ReadonlyMap<string, T>, usual: T): T {
  const id = exchange.caller.consumer?.id;
  return id !== undefined && own.has(id) ? (own.get(id) as T) : usual;
}

/** The same for the body phase, over the kinds of that phase. */
export const byConsumerBody = (kinds: readonly BodyStepKind<never>[]): BodyStepKind<ByConsumer> => ({
  kind: 'kong/by-consumer/body',
  create({ others, consumers }, deps) {
    const make = (step: Step | null): BodyStep | null =>
      step === null ? null : (kinds.find((one) => one.kind === step.kind)?.create(step.options as never, deps, step) ?? null);
    const usual = make(others);
    const own = new Map(consumers.map(({ id, step }) => [id, make(step)]));
    return {
      limit: 10 * 1024 * 1024,
      need: (exchange) => choose(exchange, own, usual)?.need(exchange) ?? 'none',
      whole: (exchange, body) => choose(exchange, own, usual)?.whole?.(exchange, body) ?? body,
    };
  },
});
