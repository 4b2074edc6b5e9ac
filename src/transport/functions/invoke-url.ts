import { FunctionError, timedOut, unreadable } from './function-error.ts';
import type { Invocation } from './instance.ts';
import { reportOf } from './runtime-api.ts';

/** Asks a function that runs elsewhere: an emulator of the runtime, or whatever else speaks its interface. @throws FunctionError */
export async function invokeUrl(url: string, { requestId, event }: Invocation, timeoutMs: number): Promise<unknown> {
  const signal = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : null;
  const headers = { 'Content-Type': 'application/json', 'X-Amzn-RequestId': requestId };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { method: 'POST', headers, body: event, signal });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted === true) throw timedOut(requestId, timeoutMs);
    throw new Error(`the function at ${url} cannot be asked: ${String((error as Error).cause ?? error)}`, { cause: error });
  }
  if (answer.headers.has('x-amz-function-error') || answer.status >= 400 || isFailure(text)) throw new FunctionError(reportOf(text));
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw unreadable(text);
  }
}

/** Emulators answer 200 to a function that failed. */
function isFailure(text: string): boolean {
  if (!text.includes('"errorMessage"') || !text.includes('"errorType"')) return false;
  try {
    const said = JSON.parse(text) as unknown;
    return typeof said === 'object' && said !== null && Object.keys(said).every((key) => failureMembers.has(key));
  } catch {
    return false;
  }
}
const failureMembers = new Set(['errorMessage', 'errorType', 'stackTrace', 'trace', 'requestId', 'cause']);
