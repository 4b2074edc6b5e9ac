import type { FailureReport } from './function-error.ts';
import type { LogLevel } from './instance.ts';
import type { ModulePlan } from './module-hooks.ts';

/** What a worker is started with. */
export interface WorkerPlan extends ModulePlan {
  readonly name: string;
  /** Absolute: `/work/dist/orders.handler`. */
  readonly handler: string;
  readonly memoryMb: number;
  readonly arn: string;
}

export interface ToWorker {
  readonly requestId: string;
  readonly event: string;
  readonly version: string;
  /** When it is broken off, by the machine's clock; 0: never. */
  readonly deadline: number;
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'files'; readonly files: readonly string[] }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string; readonly requestId: string }
  | { readonly type: 'done'; readonly result: string }
  /** `last`: the worker ends with it. */
  | { readonly type: 'failed'; readonly report: FailureReport; readonly last: boolean };
