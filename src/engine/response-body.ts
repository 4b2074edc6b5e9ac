import { BodyTooLarge, bytesSource } from '../http/body.ts';
import { decoderFor } from '../http/content-coding.ts';
import { fault, type Fault } from '../model/fault.ts';
import type { Exchange, ResponseState } from './exchange.ts';
import type { LinkedPlan } from './link.ts';
import { isBodiless } from '../http/bodiless.ts';

const bodiless = (exchange: Exchange, status: number): boolean => status < 200 || isBodiless(exchange.method, status);

/**
 * Runs the response-body list. Content codings are undone once, and Content-Length, Content-Encoding and ETag settled here,
 * only where a step wants to see the body. Only a step that needs the whole body buffers it.
 */
export async function applyBodySteps(steps: LinkedPlan['body'], exchange: Exchange): Promise<Fault | undefined> {
  const response = exchange.response as ResponseState;
  if (response.tunnel !== undefined || bodiless(exchange, response.status)) return undefined;
  let opened = false;
  for (const { step, run } of steps) {
    const need = run.need(exchange);
    if (need === 'none') continue;
    if (need === 'watch') {
      if (run.watch) response.body.watch(run.watch(exchange));
      continue;
    }
    if (!opened) {
      const problem = openBody(response);
      if (problem !== undefined) {
        exchange.note(problem, step);
        return undefined;
      }
      opened = true;
    }
    if (need === 'transform' && run.transform) response.body.transform(run.transform(exchange));
    if (need === 'whole' && run.whole) {
      try {
        const made = await run.whole(exchange, await response.body.whole(run.limit ?? 0));
        if (run.unsized === true) response.body.restream(bytesSource(made));
        else response.body.replace(made);
      } catch (error) {
        if (error instanceof BodyTooLarge) return fault('upstream-malformed', { upstream: '', reason: `${step.kind}: ${error.message}` });
        return fault('internal', { cause: error });
      }
    }
  }
  return undefined;
}

/** Undoes the content coding and takes away what no longer holds for a changed body. Answers why that cannot be done. */
function openBody(response: ResponseState): string | undefined {
  const coding = response.headers.joined('content-encoding');
  const decode = decoderFor(coding ?? 'identity');
  if (decode === undefined) return `the content coding ${coding} is not known: the body passes unchanged`;
  if (decode !== null) {
    decode(response.body);
    response.headers.remove('content-encoding');
  }
  response.headers.remove('content-length');
  const etag = response.headers.get('etag');
  if (etag !== undefined && !etag.startsWith('W/')) response.headers.set('ETag', `W/${etag}`);
  return undefined;
}
