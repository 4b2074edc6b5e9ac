import type { Socket } from 'node:net';

/**
 * Reads what a connection begins with until `look` finds something in it; undefined asks for more. What takes longer or fails before is closed.
 * The socket flows on when `done` is called, and nobody listens to it.
 */
export function readFirst<T>(socket: Socket, timeoutMs: number, look: (held: Buffer) => T | undefined, done: (found: T, held: Buffer) => void): void {
  let held: Buffer | null = null;
  const giveUp = (): void => void socket.destroy();
  const read = (chunk: Buffer): void => {
    held = held === null ? chunk : Buffer.concat([held, chunk]);
    const found = look(held);
    if (found === undefined) return;
    socket.removeListener('data', read);
    socket.removeListener('error', giveUp);
    socket.removeListener('timeout', giveUp);
    socket.setTimeout(0);
    done(found, held);
  };
  socket.on('error', giveUp);
  socket.on('data', read);
  if (timeoutMs > 0) socket.setTimeout(timeoutMs, giveUp);
}
