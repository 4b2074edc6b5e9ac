import type { Capture } from './capture.ts';
import type { Fields } from '../http/fields.ts';

/** What was seen of a body. */
export type Captured = Pick<Capture, 'bytes' | 'held' | 'size' | 'complete'>;

/** A message as it stood on the wire: fields in their order, case and repetition. */
export class Message {
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly #fields: Fields;
  readonly #body: Captured;

  constructor(fields: Fields, body: Captured) {
    this.#fields = fields.copy();
    this.rawHeaders = this.#fields.raw;
    this.#body = body;
  }

  /** All values of a field, joined by `, `. */
  header(name: string): string | undefined {
    return this.#fields.joined(name);
  }
  /** What is held of the body: at most its first megabyte, or all of it where a tape is recorded. */
  get body(): Buffer {
    return this.#body.bytes;
  }
  text(): string {
    return this.body.toString('utf8');
  }
  json(): unknown {
    return JSON.parse(this.text()) as unknown;
  }
  /** Bytes of the body that are held. */
  get held(): number {
    return this.#body.held;
  }
  /** Bytes of the body, and whether it came to its end. */
  get size(): number {
    return this.#body.size;
  }
  get complete(): boolean {
    return this.#body.complete;
  }
}

export class RequestMessage extends Message {
  readonly method: string;
  readonly target: string;

  constructor(method: string, target: string, fields: Fields, body: Captured) {
    super(fields, body);
    this.method = method;
    this.target = target;
  }
  /** The target without its query. */
  get path(): string {
    return this.target.split('?', 1)[0] as string;
  }
}

export class ResponseMessage extends Message {
  readonly status: number;

  constructor(status: number, fields: Fields, body: Captured) {
    super(fields, body);
    this.status = status;
  }
}
