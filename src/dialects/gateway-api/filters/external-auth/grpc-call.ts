import type { Clock } from '../../../../engine/clock.ts';
import type { Exchange } from '../../../../engine/exchange.ts';
import type { Answer, Opener } from '../../../../engine/kit.ts';
import { MessageBody } from '../../../../engine/message-body.ts';
import { readWhole } from '../../../../http/body.ts';
import { Fields } from '../../../../http/fields.ts';
import { frame, unframe } from '../../../../http/grpc-frames.ts';
import { requestBeside } from '../aside.ts';

export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly authority: string;
  readonly message: Buffer;
  /** Of the whole call. */
  readonly timeoutMs: number;
}
/** Bytes: as much as a client of gRPC takes by default. */
const mostAnswered = 4 * 1024 * 1024;

/**
 * Makes a call of one message each way, beside an exchange. Answers with the message.
 * @throws Error that says why there is none
 */
export async function callGrpc(open: Opener, exchange: Exchange, clock: Clock, { path, authority, message, timeoutMs }: GrpcCall): Promise<Buffer> {
  const call = requestBeside(exchange);
  call.method = call.outgoing.method = 'POST';
  call.outgoing.target = path;
  call.outgoing.headers = Fields.from([
    ['Host', authority],
    ['Content-Type', 'application/grpc'],
    ['TE', 'trailers'],
    ['grpc-timeout', `${timeoutMs}m`],
  ]);
  call.body = MessageBody.of(frame(0, message));
  exchange.onAbort(() => call.abort());
  // Whoever waits for the answer, or for its body, hears of it.
  const stop = (exchange.clock ?? clock).after(timeoutMs, () => call.abort());
  try {
    const answer = await open(call);
    if ('type' in answer) throw new Error(answer.fault.kind);
    return await messageOf(answer);
  } finally {
    stop();
  }
}

async function messageOf(answer: Answer): Promise<Buffer> {
  if (answer.status !== 200) {
    answer.abandon();
    throw new Error(`its status is ${answer.status}`);
  }
  const { bytes, trailers } = await readWhole(answer, mostAnswered);
  const status = new Fields([...trailers]).get('grpc-status') ?? answer.headers.get('grpc-status');
  if (status !== '0') throw new Error(`its grpc-status is ${status ?? 'not there'}`);
  const { messages, rest } = unframe(bytes);
  const [message] = messages;
  // The flag says that it is compressed, which nobody has offered to take.
  if (message === undefined || messages.length > 1 || rest.length > 0 || bytes[0] !== 0) throw new Error('it is not one message');
  return message;
}
