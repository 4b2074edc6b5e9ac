import type { ChunkTransform } from '../http/body.ts';
import type { MessageBody } from '../engine/message-body.ts';

/** Bytes that are kept of one body. */
const usualBytes = 1_048_576;

/** What passes of a body: watched, never changed, and never read faster than it is taken. */
export class Capture {
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #size = 0;
  #complete = false;
  readonly #most: number;

  /** `most`: bytes that are kept. */
  constructor(most: number = usualBytes) {
    this.#most = most;
  }

  /** Watches a body from here on. One that is here already is taken as it is; one that is empty is complete. */
  watch(body: MessageBody): this {
    const { buffered } = body;
    if (body.isEmpty) this.#complete = true;
    else if (buffered !== null) {
      this.#keep(buffered);
      this.#complete = true;
    } else body.transform(this.#watcher(), true);
    return this;
  }

  /** What is kept: at most its first megabyte, or all of it where a tape is recorded. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
  get held(): number {
    return this.#kept;
  }
  get size(): number {
    return this.#size;
  }
  /** Whether the body passed to its end. */
  get complete(): boolean {
    return this.#complete;
  }

  #watcher(): ChunkTransform {
    return {
      chunk: (chunk) => {
        this.#keep(chunk);
        return chunk;
      },
      end: () => {
        this.#complete = true;
        return null;
      },
    };
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length;
    const room = this.#most - this.#kept;
    if (room <= 0) return;
    const piece = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(piece);
    this.#kept += piece.length;
  }
}
