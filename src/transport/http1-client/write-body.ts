import type { Socket } from 'node:net';
import { BodyBroken, type BodySource } from '../../http/body.ts';
import type { RequestFraming } from './request-framing.ts';
import { writeFields } from './write-head.ts';

/** Hears how writing a body has ended. */
export interface BodyWritten {
  sent(): void;
  failed(error: unknown): void;
}

/**
 * Sends a body, chunked or of a length that was said, no faster than the socket takes it. `failed`: the sender broke off, or gave
 * another number of bytes. Answers how to stop.
 */
export function writeBody(socket: Socket, source: BodySource, framing: RequestFraming, done: BodyWritten): () => void {
  const chunked = framing === 'chunked';
  let left = chunked ? Infinity : Number(framing);
  let stopped = false;
  const drained = (): void => source.resume();
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    socket.removeListener('drain', drained);
  };
  const fail = (error: unknown): void => {
    if (stopped) return;
    stop();
    done.failed(error);
  };
  socket.on('drain', drained);
  source.pipe({
    write(chunk) {
      if (stopped || chunk.length === 0) return true;
      left -= chunk.length;
      if (left < 0) {
        fail(new BodyBroken('the request body is longer than its Content-Length'));
        source.abandon();
        return true;
      }
      if (!chunked) return socket.write(chunk);
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      const room = socket.write('\r\n', 'latin1');
      process.nextTick(() => socket.uncork());
      return room;
    },
    end(trailers) {
      if (stopped) return;
      if (!chunked && left > 0) return fail(new BodyBroken('the request body is shorter than its Content-Length'));
      let last = '';
      try {
        if (chunked) last = `0\r\n${writeFields(trailers)}\r\n`;
      } catch (error) {
        return fail(error);
      }
      stop();
      if (chunked) socket.write(last, 'latin1');
      done.sent();
    },
    fail,
  });
  return () => {
    if (stopped) return;
    stop();
    source.abandon();
  };
}
