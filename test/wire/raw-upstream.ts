import { createServer, type AddressInfo, type Socket } from 'node:net';

/** An upstream of bytes: notes what comes, and answers as the test says. */
export interface RawUpstream extends AsyncDisposable {
  readonly url: string;
  /** Everything that came, as latin1, by connection. */
  readonly received: string[];
  readonly sockets: Socket[];
  /** Resolves when what came on connection `index` satisfies `test`. */
  until(test: (text: string) => boolean, index?: number): Promise<string>;
}

/**
 * `answer` is called once for each connection, with `each` for each request without a body, when a whole head has come; a text is written
 * and, with `close`, the end.
 */
export async function rawUpstream(
  answer: string | Buffer | ((socket: Socket, text: string) => void),
  options: { readonly close?: boolean; readonly each?: boolean } = {},
): Promise<RawUpstream> {
  const received: string[] = [];
  const sockets: Socket[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    const index = sockets.push(socket) - 1;
    received[index] = '';
    let answered = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      received[index] += chunk.toString('latin1');
      const awaited = answered === 0 || options.each === true;
      if (awaited && (received[index] as string).split('\r\n\r\n').length - 1 > answered) {
        answered += 1;
        if (typeof answer === 'function') answer(socket, received[index] as string);
        else {
          socket.write(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer);
          if (options.close === true) socket.end();
        }
      }
      for (const wake of waiting.splice(0)) wake();
    });
    socket.on('close', () => waiting.splice(0).forEach((wake) => wake()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    async until(test, index = 0) {
      while (!test(received[index] ?? '')) await new Promise<void>((resolve) => waiting.push(resolve));
      return received[index] as string;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
