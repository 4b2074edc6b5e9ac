/** Teaches Jest's `expect` about exchanges: name it under `setupFilesAfterEnv`. */
import { gatewayMatchers, type GatewayMatchers } from './testing/matchers.ts';

const { expect } = globalThis as { readonly expect?: { extend(matchers: object): void } };
if (expect === undefined) throw new TypeError('devgateway/jest belongs under setupFilesAfterEnv: there is no expect here');
expect.extend(gatewayMatchers);

declare global {
  namespace jest {
    interface Matchers<R> extends GatewayMatchers<R> {}
  }
}

export { gatewayMatchers, type GatewayMatchers };
