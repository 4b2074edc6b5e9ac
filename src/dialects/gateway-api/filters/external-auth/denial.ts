import type { Exchange } from '../../../../engine/exchange.ts';
import { refuse, reply, type Failure, type Reply } from '../../../../engine/outcome.ts';
import { Fields } from '../../../../http/fields.ts';
import { endToEnd } from '../../../../http/hop-by-hop.ts';
import { fault } from '../../../../model/fault.ts';
import { grpcAnswer, grpcStatusOf, isGrpc } from '../../grpc.ts';

/** Where no good answer can be had, nobody passes. */
export const noAnswer = (reason: string): Failure => refuse(fault('forbidden', { reason: `the authorization server has no answer: ${reason}` }));

/** What the server says to the client. A call of gRPC gets a status of gRPC, and the body as its message (sendLocalReply of Envoy). */
export function denial(exchange: Exchange, status: number, said: Fields, body: Buffer, statusText?: string): Reply {
  const headers = endToEnd(said);
  headers.remove('content-length');
  if (isGrpc(exchange)) {
    const own = new Fields([...grpcAnswer(grpcStatusOf(status), messageOf(body)).headers]);
    for (const [name, value] of own) if (name !== 'grpc-status' || !headers.has(name)) headers.set(name, value);
    return reply(200, headers.raw, '');
  }
  if (body.length > 0 && !headers.has('content-type')) headers.append('Content-Type', 'text/plain');
  return reply(status, headers.raw, body, statusText);
}

/** It stands in a field: clients take no long ones. */
const longestMessage = 4096;
/** Percent-encoded, as gRPC over HTTP/2 has messages. */
const messageOf = (body: Buffer): string =>
  body
    .subarray(0, longestMessage)
    .toString('latin1')
    .replaceAll(/[^ -$&-~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
