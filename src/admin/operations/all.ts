import type { Operation } from '../operation.ts';
import { clockOperations } from './clock.ts';
import { gatewayOperations } from './gateway.ts';
import { tapeOperations } from './tapes.ts';
import { trafficOperations } from './traffic.ts';
import { upstreamOperations } from './upstreams.ts';

/** Everything that the control API of one gateway does, in the order of its document. */
export const operationsOf = (): readonly Operation[] => [
  ...gatewayOperations,
  ...clockOperations,
  ...upstreamOperations(),
  ...trafficOperations,
  ...tapeOperations,
];
