/** Teaches Vitest's `expect` about exchanges: import it once, in a set-up file. Needs the optional peer `vitest`. */
import { expect } from 'vitest';
import { gatewayMatchers, type GatewayMatchers } from './testing/matchers.ts';

expect.extend(gatewayMatchers);

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends GatewayMatchers<R> {}
}

export { gatewayMatchers, type GatewayMatchers };
