import path from 'node:path';
import type { ConfiguredFunction } from '../../model/gateway.ts';
import { CommandInstance } from './command-instance.ts';
import { FunctionPool } from './function-pool.ts';
import type { FunctionPlan } from './instance.ts';
import { WorkerInstance } from './worker-instance.ts';

const defaultConcurrency = 10;

export function poolOf(plan: FunctionPlan, settings: ConfiguredFunction): FunctionPool {
  const { function: what, concurrency = defaultConcurrency, layers = [], inline } = settings;
  if (typeof what === 'string') {
    const handler = path.resolve(plan.folder, what);
    return new FunctionPool(
      () => new WorkerInstance(plan, { handler, layers, ...(inline === undefined ? {} : { inline: { file: moduleOf(handler), text: inline } }) }),
      concurrency,
    );
  }
  const command = 'command' in what ? what.command : [];
  return new FunctionPool(() => new CommandInstance(plan, command), concurrency);
}

/** Source: what CloudFormation makes of a ZipFile, `index.js` for `index.handler`. */
const moduleOf = (handler: string): string => path.join(path.dirname(handler), `${path.basename(handler).split('.', 1)[0]}.js`);
