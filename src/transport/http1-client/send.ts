import type { Answer } from '../../engine/kit.ts';
import type { Failure } from '../../engine/outcome.ts';
import type { BodySource } from '../../http/body.ts';
import { fault } from '../../model/fault.ts';
import { PendingAnswer, type Sending } from '../pending-answer.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { Conversation } from './conversation.ts';
import { framingOf } from './request-framing.ts';
import { writeHead, type RequestHead } from './write-head.ts';
import type { Written } from './write-request.ts';

/** One request as it is to stand on the wire. */
export interface Http1Request extends RequestHead {
  /** Goes out chunked where the headers say so, otherwise as it is. */
  readonly body: Buffer | BodySource | null;
  /** The request asks for another protocol: 101 makes a tunnel. */
  readonly upgrade: boolean;
}

/**
 * Sends a request as it stands and answers at the head of the response. Our own writer and reader, because undici and node:http refuse
 * HTTP/1.0, other targets than paths, and odd fields, all of which gateways do send, and because they cost more. `pool`: the request may go
 * out on a connection that has served others, which takes HTTP/1.1 in clear; null for a connection of its own.
 */
export function sendHttp1(origin: string, request: Http1Request, sending: Sending, pool: ConnectionPool | null = null): Promise<Answer | Failure> {
  return new Promise((resolve) => {
    const pending = new PendingAnswer(resolve, sending);
    if (pending.abandoned) return;
    const { method, headers, body, httpVersion, upgrade } = request;
    let written: Written;
    try {
      written = { method, head: writeHead(request), body, framing: framingOf(headers, body, httpVersion), upgrade };
    } catch (error) {
      return pending.fail(fault('internal', { cause: error }));
    }
    new Conversation(origin, written, pending, sending, pool).begin();
  });
}
