import { isUtf8 } from 'node:buffer';
import { Writable } from 'node:stream';
import type { Handler } from './load-handler.ts';

/** A handler that writes its answer. */
export type StreamingHandler = (event: unknown, stream: ResponseStream, context: object) => unknown;

// Sources: src/UserFunction.js and src/HttpResponseStream.js of aws-lambda-nodejs-runtime-interface-client.
const mark = Symbol.for('aws.lambda.runtime.handler.streaming');
const httpType = 'application/vnd.awslambda.http-integration-response';

export const isStreaming = (handler: unknown): handler is StreamingHandler => (handler as { [mark]?: unknown })[mark] === 'response';

/** What a streaming handler writes to. It is kept until it ends: the answer goes out whole. */
export class ResponseStream extends Writable {
  readonly #chunks: Buffer[] = [];
  #type = 'application/octet-stream';
  #metadata: object | null = null;

  constructor() {
    super({ objectMode: true, write: (chunk, _encoding, done) => (this.#chunks.push(bytesOf(chunk)), done()) });
  }

  setContentType(type: string): void {
    this.#type = type;
  }
  get contentType(): string {
    return this.#type;
  }
  /** Status, fields and cookies of an HTTP answer, of which the rest is the body. */
  describe(metadata: object): this {
    this.setContentType(httpType);
    this.#metadata = metadata;
    return this;
  }

  /** What was written, as a function that returns its answer would have returned it. */
  get answer(): unknown {
    const bytes = Buffer.concat(this.#chunks);
    const isText = isUtf8(bytes);
    if (this.#metadata !== null)
      return { statusCode: 200, ...this.#metadata, body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
    const text = bytes.toString('utf8');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
}

const bytesOf = (chunk: unknown): Buffer =>
  chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.from(typeof chunk === 'string' ? chunk : JSON.stringify(chunk));

/** What the runtime puts in reach of every module. */
export function offerStreaming(): void {
  const awslambda = {
    streamifyResponse: (handler: Handler): Handler => Object.assign(handler, { [mark]: 'response' }),
    HttpResponseStream: { from: (stream: ResponseStream, metadata: object): ResponseStream => stream.describe(metadata) },
  };
  Object.assign(globalThis, { awslambda });
}
