import type { Socket } from 'node:net';
import type { BodySource } from '../../http/body.ts';

/** Sends a body, chunked or as it is, no faster than the socket takes it. `failed`: the sender broke off. Answers how to stop. */
export function writeBody(
  socket: Socket,
  source: BodySource,
  chunked: boolean,
  done: { readonly sent: () => void; readonly failed: (error: unknown) => void },
): () => void {
  let stopped = false;
  const drained = (): void => source.resume();
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    socket.removeListener('drain', drained);
  };
  socket.on('drain', drained);
  source.pipe({
    write(chunk) {
      if (stopped || chunk.length === 0) return true;
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
      stop();
      if (chunked) {
        let text = '0\r\n';
        for (let at = 0; at < trailers.length; at += 2) text += `${trailers[at]}: ${trailers[at + 1]}\r\n`;
        socket.write(`${text}\r\n`, 'latin1');
      }
      done.sent();
    },
    fail(error) {
      if (stopped) return;
      stop();
      done.failed(error);
    },
  });
  return () => {
    if (stopped) return;
    stop();
    source.abandon();
  };
}
