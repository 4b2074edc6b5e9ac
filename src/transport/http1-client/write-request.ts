import type { Socket } from 'node:net';
import type { BodySource } from '../../http/body.ts';
import type { RequestFraming } from './request-framing.ts';
import { writeBody, type BodyWritten } from './write-body.ts';

/** A request as it goes out. */
export interface Written {
  readonly method: string;
  /** The whole head, as latin1. */
  readonly head: string;
  readonly body: Buffer | BodySource | null;
  readonly framing: RequestFraming;
  /** It asks for another protocol: 101 makes a tunnel. */
  readonly upgrade: boolean;
}

/** Up to here copying a body behind its head is cheaper than a second piece. */
const smallBytes = 8_192;
const nothing = (): void => {};

/** Sends a request. Answers how to stop, as long as `done` has heard nothing. */
export function writeRequest(socket: Socket, { head, body, framing }: Written, done: BodyWritten): () => void {
  if (body !== null && !Buffer.isBuffer(body)) {
    // What of the body is here already goes out with the head.
    socket.cork();
    process.nextTick(() => socket.uncork());
    socket.write(head, 'latin1');
    return writeBody(socket, body, framing, done);
  }
  if (body === null) socket.write(head, 'latin1');
  else if (body.length <= smallBytes) socket.write(head + body.toString('latin1'), 'latin1');
  else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
  done.sent();
  return nothing;
}
