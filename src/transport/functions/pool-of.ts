import path from 'node:path';
import type { FunctionSettings } from '../../model/gateway.ts';
import { CommandInstance } from './command-instance.ts';
import { FunctionPool } from './function-pool.ts';
import type { FunctionPlan } from './instance.ts';
import { WorkerInstance } from './worker-instance.ts';

const defaultConcurrency = 10;

export function poolOf(plan: FunctionPlan, { function: what, concurrency = defaultConcurrency }: FunctionSettings): FunctionPool {
  if (typeof what === 'string') {
    const handler = path.resolve(plan.folder, what);
    return new FunctionPool(() => new WorkerInstance(plan, handler), concurrency);
  }
  const command = 'command' in what ? what.command : [];
  return new FunctionPool(() => new CommandInstance(plan, command), concurrency);
}
