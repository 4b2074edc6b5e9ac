import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';

/** Stands in the place of everything that a method or a route would do: what is not mirrored must not open a door. `dialect`: whose kind it is. */
export const unsupportedStep = (dialect: string): StepKind<{ readonly what: string }> => ({
  kind: `${dialect}/unsupported`,
  create: ({ what }) => {
    const refusal = refuse(fault('not-implemented', { what }));
    return () => refusal;
  },
});
