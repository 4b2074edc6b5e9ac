import { connect, type Socket } from 'node:net';
import type { StoreServer } from '../engine/store.ts';

export type RedisReply = string | number | null;
interface Waiting {
  resolve(reply: RedisReply): void;
  reject(error: Error): void;
}
const maxReply = 1024 * 1024;

/**
 * Speaks RESP 2 over one connection, which is made when it is first needed and anew after a failure; replies come in the order of the
 * commands. Only what counting needs: its replies are texts, numbers and nothing. A client from npm weighs half of what this package may.
 */
export class RedisConnection {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #server: StoreServer;
  readonly #waiting: Waiting[] = [];
  #socket: Socket | null = null;
  #read: Buffer = Buffer.alloc(0);

  constructor(address: { readonly host: string; readonly port: number }, server: StoreServer) {
    this.#address = address;
    this.#server = server;
  }

  /** @throws Error where the server cannot be reached, does not answer in its time, or refuses the command */
  command(...words: readonly string[]): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      const socket = (this.#socket ??= this.#open());
      this.#send(socket, words, { resolve, reject });
    });
  }

  close(): void {
    this.#fail(new Error('the connection was closed'));
  }

  #open(): Socket {
    const { username, password, database, timeoutMs } = this.#server;
    const socket = connect(this.#address);
    socket.unref();
    socket.setNoDelay(true);
    socket.setTimeout(timeoutMs);
    socket.on('timeout', () => {
      if (this.#waiting.length > 0) this.#fail(new Error(`no answer within ${timeoutMs} ms`));
    });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#socket === socket && this.#fail(new Error('the server closed the connection')));
    socket.on('data', (chunk) => this.#socket === socket && this.#take(chunk));
    const refused: Waiting = { resolve: () => {}, reject: (error) => this.#fail(error) };
    if (password !== '') this.#send(socket, username === '' ? ['AUTH', password] : ['AUTH', username, password], refused);
    if (database !== 0) this.#send(socket, ['SELECT', String(database)], refused);
    return socket;
  }

  #send(socket: Socket, words: readonly string[], waiting: Waiting): void {
    this.#waiting.push(waiting);
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
  }

  #take(chunk: Buffer): void {
    this.#read = this.#read.length === 0 ? chunk : Buffer.concat([this.#read, chunk]);
    for (;;) {
      const end = this.#read.indexOf('\r\n');
      if (end < 0) break;
      const [kind, text] = [String.fromCharCode(this.#read[0] as number), this.#read.toString('utf8', 1, end)];
      const length = kind === '$' ? Number(text) : -1;
      if (length > maxReply || !'+-:$'.includes(kind)) return this.#fail(new Error(`an answer that is not understood: ${kind}${text.slice(0, 40)}`));
      const next = length < 0 ? end + 2 : end + 2 + length + 2;
      if (this.#read.length < next) break;
      const bulk = length < 0 ? null : this.#read.toString('utf8', end + 2, end + 2 + length);
      this.#read = this.#read.subarray(next);
      const waiting = this.#waiting.shift();
      if (kind === '-') waiting?.reject(new Error(text));
      else waiting?.resolve(kind === '$' ? bulk : kind === ':' ? Number(text) : text);
    }
    if (this.#read.length > maxReply + 64) this.#fail(new Error('an answer without an end'));
  }

  #fail(error: Error): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#read = Buffer.alloc(0);
    socket?.destroy();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
