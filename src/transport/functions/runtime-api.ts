import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FailureReport } from './function-error.ts';

export interface Served {
  readonly requestId: string;
  readonly event: string;
  readonly arn: string;
  /** By the machine's clock, in ms. */
  readonly deadline: number;
}

export interface Hearing {
  readonly next: () => void;
  readonly answered: (requestId: string, body: string) => void;
  /** `requestId` is undefined where it could not start. */
  readonly failed: (requestId: string | undefined, report: FailureReport) => void;
}

const maxBytes = 8 * 1024 * 1024;

/**
 * The door that a runtime asks for its invocations, on loopback.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #hearing: Hearing;
  #next: ServerResponse | null = null;

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
    this.#server = createServer((req, res) => void this.#serve(req, res));
    this.#server.unref();
  }

  /** `HOST:PORT`. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(this.#server.address() as AddressInfo).port}`));
    });
  }

  /** Answers the runtime that asks for work. */
  give({ requestId, event, arn, deadline }: Served): void {
    this.#next?.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadline),
      'Lambda-Runtime-Invoked-Function-Arn': arn,
    });
    this.#next?.end(event);
    this.#next = null;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, path = ''] = /^\/2018-06-01\/runtime\/(.*)$/.exec(req.url ?? '') ?? [];
    if (path === 'invocation/next') {
      this.#next = res;
      return this.#hearing.next();
    }
    const [, requestId, verb] = /^(?:invocation\/([\w-]+)|init)\/(response|error)$/.exec(path) ?? [];
    const body = verb === undefined ? undefined : await wholeOf(req).catch(() => undefined);
    if (body === undefined) return void answer(res, 404, 'ResourceNotFound');
    answer(res, 202, undefined);
    if (verb === 'error') this.#hearing.failed(requestId, reportOf(body));
    else if (requestId !== undefined) this.#hearing.answered(requestId, body);
  }
}

const answer = (res: ServerResponse, status: number, errorType: string | undefined): ServerResponse =>
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(errorType === undefined ? { status: 'OK' } : { errorType }));

async function wholeOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw new Error('too large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Runtimes of different languages name the trace in two ways. */
export function reportOf(body: string): FailureReport {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    said = body;
  }
  const {
    errorType = 'Error',
    errorMessage = body,
    stackTrace,
    trace = stackTrace,
  } = (typeof said === 'object' && said !== null ? said : {}) as Record<string, unknown>;
  return { errorType: String(errorType), errorMessage: String(errorMessage), trace: Array.isArray(trace) ? trace.map(String) : [] };
}
