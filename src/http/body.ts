import { Readable } from 'node:stream';

/** Takes a body. After `write` answered false nothing more is written until the source's `resume` is called. */
export interface BodySink {
  write(chunk: Buffer): boolean;
  /** `trailers` is flat: name, value, name, value. */
  end(trailers: readonly string[]): void;
  /** The body broke off. Nothing follows. */
  fail(error: unknown): void;
}

/** Gives a body, once. Nothing flows before `pipe`. */
export interface BodySource {
  pipe(sink: BodySink): void;
  /** The sink has room again. */
  resume(): void;
  /** Nobody wants the rest. Later events are swallowed. */
  abandon(): void;
}

/** A body, or an early end of one, that is larger than its limit allows. */
export class BodyTooLarge extends Error {
  readonly limit: number;
  constructor(limit: number) {
    super(`the body is larger than ${limit} bytes`);
    this.limit = limit;
  }
}

/** The sender went away before its body was complete. */
export class BodyBroken extends Error {}

/** Reads a body to its end. Throws BodyTooLarge past `limit` bytes (0: no limit) and BodyBroken where it breaks off. */
export function readWhole(source: BodySource, limit = 0): Promise<{ bytes: Buffer; trailers: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let over = false;
    source.pipe({
      write(chunk) {
        if (over) return true;
        size += chunk.length;
        if (limit > 0 && size > limit) {
          over = true;
          chunks.length = 0;
          reject(new BodyTooLarge(limit));
          source.abandon();
          return true;
        }
        chunks.push(chunk);
        return true;
      },
      end(trailers) {
        if (!over) resolve({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), trailers });
      },
      fail(error) {
        reject(error instanceof BodyTooLarge ? error : new BodyBroken('the body broke off', { cause: error }));
      },
    });
  });
}

export function bytesSource(bytes: Buffer, trailers: readonly string[] = []): BodySource {
  let waiting: BodySink | null = null;
  const finish = (): void => {
    const sink = waiting;
    waiting = null;
    sink?.end(trailers);
  };
  return {
    pipe(sink) {
      waiting = sink;
      if (bytes.length === 0 || sink.write(bytes)) finish();
    },
    resume: finish,
    abandon() {
      waiting = null;
    },
  };
}

/** A node stream as a source. `trailers` is asked at the end. */
export function readableSource(stream: Readable, trailers: () => readonly string[] = () => []): BodySource {
  let done = false;
  return {
    pipe(sink) {
      const finish = (act: () => void): void => {
        if (done) return;
        done = true;
        act();
      };
      // Without a byte it may have come to its end before anybody asked.
      if (stream.readableEnded) return finish(() => sink.end(trailers()));
      stream.on('data', (chunk: Buffer | string) => {
        if (!done && !sink.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) stream.pause();
      });
      stream.on('end', () => finish(() => sink.end(trailers())));
      stream.on('error', (error) => finish(() => sink.fail(error)));
      stream.on('close', () => finish(() => sink.fail(new BodyBroken('the stream was closed'))));
    },
    resume() {
      stream.resume();
    },
    abandon() {
      done = true;
      stream.on('error', () => {});
      stream.resume();
    },
  };
}

/** A source as a node stream, for libraries that want one. */
export function sourceReadable(source: BodySource): Readable {
  let started = false;
  const stream: Readable = new Readable({
    read() {
      if (started) return source.resume();
      started = true;
      source.pipe({
        write: (chunk) => stream.push(chunk),
        end: () => void stream.push(null),
        fail: (error) => void stream.destroy(error instanceof Error ? error : new Error(String(error))),
      });
    },
    destroy(error, callback) {
      source.abandon();
      callback(error);
    },
  });
  return stream;
}

/** What happens to a body on its way: a chunk becomes none, one or several; `end` may add a last piece. */
export interface ChunkTransform {
  chunk(chunk: Buffer): Buffer | readonly Buffer[] | null;
  /** `trailers` is flat: name, value. */
  end(trailers: readonly string[]): Buffer | null;
}

/** Sees a body pass. `end` is not called where it breaks off. */
export interface ChunkWatcher {
  chunk(chunk: Buffer): void;
  end(): void;
}

/** A source seen through a transform, with the same back-pressure. */
export function transformed(source: BodySource, transform: ChunkTransform): BodySource {
  return {
    pipe(sink) {
      source.pipe({
        write(chunk) {
          let out: Buffer | readonly Buffer[] | null;
          try {
            out = transform.chunk(chunk);
          } catch (error) {
            source.abandon();
            sink.fail(error);
            return true;
          }
          if (out === null) return true;
          if (Buffer.isBuffer(out)) return sink.write(out);
          let room = true;
          for (const piece of out as readonly Buffer[]) room = sink.write(piece) && room;
          return room;
        },
        end(trailers) {
          let last: Buffer | null;
          try {
            last = transform.end(trailers);
          } catch (error) {
            return sink.fail(error);
          }
          if (last !== null && last.length > 0) sink.write(last);
          sink.end(trailers);
        },
        fail: (error) => sink.fail(error),
      });
    },
    resume: () => source.resume(),
    abandon: () => source.abandon(),
  };
}

/** A source that fails with BodyTooLarge once it has given more than `limit` bytes. */
export function limitedSource(source: BodySource, limit: number): BodySource {
  let given = 0;
  return {
    pipe(sink) {
      source.pipe({
        write(chunk) {
          if (given > limit) return true;
          given += chunk.length;
          if (given <= limit) return sink.write(chunk);
          source.abandon();
          sink.fail(new BodyTooLarge(limit));
          return true;
        },
        end: (trailers) => sink.end(trailers),
        fail: (error) => sink.fail(error),
      });
    },
    resume: () => source.resume(),
    abandon: () => source.abandon(),
  };
}
