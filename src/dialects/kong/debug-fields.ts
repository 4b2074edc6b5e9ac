import type { StepKind } from '../../engine/kit.ts';

export interface DebugFieldsOptions {
  /** Flat: name, value, name, value. */
  readonly fields: readonly string[];
}

/** With `allow_debug_header`, a request with `Kong-Debug` is told which route and service it met (kong.router.utils, add_debug_headers). */
export const debugFieldsStep: StepKind<DebugFieldsOptions> = {
  kind: 'kong/debug-fields',
  create({ fields }) {
    return ({ response, arrived }) => {
      if (response === null || !arrived.headers.has('kong-debug')) return undefined;
      for (let at = 0; at < fields.length; at += 2) response.headers.set(fields[at] as string, fields[at + 1] as string);
      return undefined;
    };
  },
};
