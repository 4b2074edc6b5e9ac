import { bytesSource, readWhole, transformed, type BodySource, type ChunkTransform, type ChunkWatcher } from '../http/body.ts';

/** The body of one message: streamed until somebody asks for the whole of it. */
export class MessageBody {
  #source: BodySource | null;
  #bytes: Buffer | null = null;
  #length: number | undefined;

  /** `length` in bytes where it is known. A null source is an empty body. */
  constructor(source: BodySource | null, length?: number) {
    this.#source = source;
    this.#length = source === null ? 0 : length;
  }

  static of(bytes: Buffer | string): MessageBody {
    const body = new MessageBody(null);
    body.replace(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    return body;
  }

  get length(): number | undefined {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Buffers the body. Throws BodyTooLarge past `limit` bytes (0: none) and BodyBroken. */
  async whole(limit = 0): Promise<Buffer> {
    if (this.#bytes !== null) return this.#bytes;
    const source = this.#source;
    if (source === null) return (this.#bytes = Buffer.alloc(0));
    this.#source = null;
    const { bytes } = await readWhole(source, limit);
    this.#length = bytes.length;
    return (this.#bytes = bytes);
  }

  /** Whether `take` can be called again: the bytes are here. */
  get isReplayable(): boolean {
    return this.#bytes !== null || this.#source === null;
  }

  replace(bytes: Buffer): void {
    this.abandon();
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  /** Each piece passes through; the length is no longer known unless the transform only watches. */
  transform(transform: ChunkTransform, keepsLength = false): void {
    const source = this.take();
    if (source === null) return;
    const length = this.#length;
    this.restream(transformed(source, transform));
    if (keepsLength) this.#length = length;
  }

  /** Shows each piece as it passes, and the end; at once, where all of it is here already. */
  watch(watcher: ChunkWatcher): void {
    if (this.#bytes !== null || this.isEmpty) {
      if (this.#bytes !== null && this.#bytes.length > 0) watcher.chunk(this.#bytes);
      watcher.end();
      return;
    }
    const pass: ChunkTransform = {
      chunk(chunk) {
        watcher.chunk(chunk);
        return chunk;
      },
      end() {
        watcher.end();
        return null;
      },
    };
    this.transform(pass, true);
  }

  /** Puts another stream in the place of the one that was taken; its length is not known. */
  restream(source: BodySource): void {
    this.#bytes = null;
    this.#source = source;
    this.#length = undefined;
  }

  /** The bytes if they are buffered: they can be sent without a stream. */
  get buffered(): Buffer | null {
    return this.#bytes;
  }

  /** The body as a source, or null where it is empty. Once, unless it is replayable. */
  take(): BodySource | null {
    if (this.#bytes !== null) return this.#bytes.length === 0 ? null : bytesSource(this.#bytes);
    const source = this.#source;
    this.#source = null;
    return source;
  }

  /** Nobody wants it: frees the sender. */
  abandon(): void {
    this.#source?.abandon();
    this.#source = null;
  }
}
