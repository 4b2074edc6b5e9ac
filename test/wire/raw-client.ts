import { connect } from 'node:net';

/** Sends bytes and gives everything that comes back until the gateway closes. `until`: stop earlier, once this has come. */
export function speak(url: string, bytes: string, until?: string | ((text: string, write: (more: string) => void) => boolean)): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const done = typeof until === 'string' ? text.includes(until) : (until?.(text, (more) => socket.write(Buffer.from(more, 'latin1'))) ?? false);
      if (done) socket.destroy();
    });
    socket.on('close', () => resolve(text));
  });
}
