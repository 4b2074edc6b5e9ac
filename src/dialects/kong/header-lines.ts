import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';

export interface HeaderLinesOptions {
  /** Bytes of one header line. */
  readonly most: number;
}

/** nginx refuses a header line that does not fit into one of its buffers (large_client_header_buffers), however small the rest is. */
export const headerLinesStep: StepKind<HeaderLinesOptions> = {
  kind: 'kong/header-lines',
  create({ most }) {
    const tooLarge = refuse(fault('header-too-large', { limit: most }));
    return ({ arrived }) => {
      const { raw } = arrived.headers;
      for (let at = 0; at < raw.length; at += 2)
        if ((raw[at] as string).length + (raw[at + 1] as string).length + ': \r\n'.length > most) return tooLarge;
      return undefined;
    };
  },
};
