/** Teaches Vitest's `expect` about exchanges, and fails a test whose upstream functions throw: import it once, in a set-up file. Needs the optional peer `vitest`. */
import { afterAll, afterEach, expect } from 'vitest';
import { failOnUnhandled } from './testing/fail-on-unhandled.ts';
import { gatewayMatchers, type GatewayMatchers } from './testing/matchers.ts';

expect.extend(gatewayMatchers);
failOnUnhandled({ afterEach, afterAll });

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends GatewayMatchers<R> {}
}

export { gatewayMatchers, type GatewayMatchers };
