/** What a third party needs to write a dialect. */
export type { Behaviour, CompileInput, CompileOptions, Compiled, Dialect } from './dialects/dialect.ts';
export type * from './engine/kit.ts';
export { jumpToPath, jumpToRoute, refuse, reply, type Outcome } from './engine/outcome.ts';
export { slot, type Slot } from './engine/slot.ts';
export type { Exchange } from './engine/exchange.ts';
export { fault, ownFault, type FaultBook } from './model/fault.ts';
export {
  defaultLimits,
  proxyDefaults,
  type Destination,
  type Limits,
  type Listener,
  type Plan,
  type ProxyOptions,
  type Route,
  type Site,
  type Step,
} from './model/gateway.ts';
