import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The same connection, with somebody who sees what comes in before its reader does. */
export function watchedSocket(socket: Socket, see: (chunk: Buffer) => void): Duplex {
  const watched = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => void socket.write(chunk, done),
    writev(chunks, done) {
      socket.cork();
      for (const [at, { chunk }] of chunks.entries()) socket.write(chunk as Buffer, at === chunks.length - 1 ? done : undefined);
      socket.uncork();
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    see(chunk);
    if (!watched.push(chunk)) socket.pause();
  });
  socket.on('end', () => watched.push(null));
  socket.on('error', (error) => watched.destroy(error));
  socket.on('close', () => watched.destroy());
  return watched;
}
