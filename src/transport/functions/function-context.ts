import type { ToWorker, WorkerPlan } from './worker-messages.ts';

/** How a handler that returns no promise says that it is done. */
export type Settle = (error: unknown, result?: unknown) => void;

/** The second argument of a handler. */
export interface FunctionContext {
  callbackWaitsForEmptyEventLoop: boolean;
}

export function functionContext(plan: WorkerPlan, { requestId, version, deadline }: ToWorker, settle: Settle): FunctionContext {
  const now = (): void => {
    context.callbackWaitsForEmptyEventLoop = false;
  };
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: plan.name,
    functionVersion: version,
    invokedFunctionArn: plan.arn,
    memoryLimitInMB: String(plan.memoryMb),
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${plan.name}`,
    logStreamName: 'devgateway',
    identity: undefined,
    clientContext: undefined,
    getRemainingTimeInMillis: (): number => (deadline === 0 ? 900_000 : Math.max(0, deadline - Date.now())),
    // These three of the first runtimes answer without waiting for anything.
    done: (error: unknown, result?: unknown): void => (now(), settle(error, result)),
    fail: (error: unknown): void => (now(), settle(error ?? 'handled')),
    succeed: (result: unknown): void => (now(), settle(null, result)),
  };
  return context;
}
