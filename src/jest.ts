/** Teaches Jest's `expect` about exchanges, and fails a test whose upstream functions throw: name it under `setupFilesAfterEnv`. */
import { failOnUnhandled, type SuiteHooks } from './testing/fail-on-unhandled.ts';
import { gatewayMatchers, type GatewayMatchers } from './testing/matchers.ts';

const { expect, afterEach, afterAll } = globalThis as Partial<SuiteHooks> & { readonly expect?: { extend(matchers: object): void } };
if (expect === undefined || afterEach === undefined || afterAll === undefined)
  throw new TypeError('devgateway/jest belongs under setupFilesAfterEnv: there is no expect here');
expect.extend(gatewayMatchers);
failOnUnhandled({ afterEach, afterAll });

declare global {
  namespace jest {
    interface Matchers<R> extends GatewayMatchers<R> {}
  }
}

export { gatewayMatchers, type GatewayMatchers };
