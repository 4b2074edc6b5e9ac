import { Agent, request as overHttp, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as overHttps } from 'node:https';

export interface Sent {
  readonly method: string;
  readonly target: string;
  /** Flat, with Host; as they go out. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly signal?: AbortSignal | undefined;
}
export interface Received {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);
const framing = /^(?:content-length|transfer-encoding)$/i;

/** Sends requests as they are given, over connections that it keeps until it is closed. */
export class Sender {
  readonly #agent = new Agent({ keepAlive: true });
  // The certificate is the local authority's, for a host of production: whom we talk to, we know from the control API.
  readonly #secure = new SecureAgent({ keepAlive: true, rejectUnauthorized: false });

  send(base: string, { method, target, rawHeaders, body, signal }: Sent): Promise<Received> {
    const { protocol, hostname, port } = new URL(base);
    const headers = [...rawHeaders];
    // Otherwise node would make it chunked, which says that there is a body.
    if ((body.length > 0 || !bodiless.has(method)) && !rawHeaders.some((name, at) => at % 2 === 0 && framing.test(name)))
      headers.push('Content-Length', String(body.length));
    const options = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      method,
      path: target,
      headers,
      setHost: false,
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const received = (res: IncomingMessage): void => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => resolve({ status: res.statusCode ?? 0, rawHeaders: res.rawHeaders, body: Buffer.concat(chunks) }));
      };
      const req =
        protocol === 'https:' ? overHttps({ ...options, agent: this.#secure }, received) : overHttp({ ...options, agent: this.#agent }, received);
      req.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
    this.#secure.destroy();
  }
}
