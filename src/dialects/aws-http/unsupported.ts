import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';

/** Stands in the place of everything that a route would do: what is not mirrored must not open a door. */
export const unsupportedStep: StepKind<{ readonly what: string }> = {
  kind: 'aws-http/unsupported',
  create: ({ what }) => {
    const refusal = refuse(fault('not-implemented', { what }));
    return () => refusal;
  },
};
