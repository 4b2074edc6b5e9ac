import { appendFile, stat } from 'node:fs/promises';

const waitingLimit = 10_000;
const streams: Readonly<Record<string, NodeJS.WriteStream | undefined>> = { '/dev/stdout': process.stdout, '/dev/stderr': process.stderr };

/**
 * Appends lines to a file, one after the other; nobody waits, and what cannot be written is lost. Without `reopen` the file that was
 * there first is the only one: lines for one that was put in its place, or taken away, are lost too.
 */
export class LineFile {
  readonly #path: string;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #inode: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  add(line: string, reopen: boolean): void {
    const stream = streams[this.#path];
    if (stream !== undefined) return void stream.write(line);
    // A pipe that nobody reads holds everything up.
    if (this.#waiting >= waitingLimit) return;
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#write(line, reopen));
  }

  async #write(line: string, reopen: boolean): Promise<void> {
    try {
      if (reopen || this.#inode === null || (await this.#identity()) === this.#inode) await appendFile(this.#path, line);
      this.#inode ??= await this.#identity();
    } catch {
      // No folder, no right to write: the gateways of production say so in logs of their own and go on.
    } finally {
      this.#waiting -= 1;
    }
  }

  async #identity(): Promise<number> {
    return (await stat(this.#path).catch(() => null))?.ino ?? -1;
  }
}
