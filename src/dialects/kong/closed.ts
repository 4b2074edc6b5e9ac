import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';

export interface ClosedOptions {
  readonly plugin: string;
}

/** Refuses everybody, in the place of a plugin that would ask who is there. */
export const closedStep: StepKind<ClosedOptions> = {
  kind: 'kong/closed',
  create: ({ plugin }) => {
    const refusal = refuse(fault('not-implemented', { what: `the plugin ${plugin}` }));
    return () => refusal;
  },
};
