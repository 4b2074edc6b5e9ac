/** What a function failed with, as its runtime reports it. */
export interface FailureReport {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Its name is the type that was reported, so that whoever catches it can word it as if it had been thrown here. */
export class FunctionError extends Error {
  readonly trace: readonly string[];

  constructor({ errorType, errorMessage, trace }: FailureReport) {
    super(errorMessage);
    this.name = errorType;
    this.trace = trace;
    this.stack = trace.length > 0 ? trace.join('\n') : `${errorType}: ${errorMessage}`;
  }
}

const failed = (errorType: string, errorMessage: string): FunctionError => new FunctionError({ errorType, errorMessage, trace: [] });

export const timedOut = (requestId: string, timeoutMs: number): FunctionError =>
  failed('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`);

/** `how`: `exit status 1`, `signal: killed`; empty where it just ended. */
export const exited = (requestId: string, how: string): FunctionError =>
  failed('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${how === '' ? 'without providing a reason' : `with error: ${how}`}`);

export const tooLarge = (limit: number): FunctionError =>
  failed('Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${limit} bytes).`);

export const unreadable = (text: string): FunctionError =>
  failed('Runtime.InvalidResponse', `the function answered what is no JSON: ${JSON.stringify(text.slice(0, 200))}`);
