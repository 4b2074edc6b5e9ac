import { DevgatewayError, type Diagnostic } from '../../model/error.ts';
import type { Problem } from '../problem.ts';
import type { Sender } from './sender.ts';

export interface Asked {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the control API on behalf of the gateway, or of one scope. */
export class ControlClient {
  readonly #sender: Sender;
  readonly #url: string;
  readonly #token: string;
  readonly #scope: string | undefined;

  constructor(sender: Sender, url: string, token: string, scope?: string) {
    this.#sender = sender;
    this.#url = url;
    this.#token = token;
    this.#scope = scope;
  }

  within(scope: string): ControlClient {
    return new ControlClient(this.#sender, this.#url, this.#token, scope);
  }

  /** `scoped`: false where a scope plays no part. Throws what the gateway itself would have thrown. */
  async ask<T>(method: string, path: string, { query = {}, body, signal }: Asked = {}, scoped = true): Promise<T> {
    const url = new URL(path, this.#url);
    for (const [name, value] of Object.entries({ ...query, ...(scoped ? { scope: this.#scope } : {}) }))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const rawHeaders = ['Host', url.host, 'Authorization', `Bearer ${this.#token}`];
    if (body !== undefined) rawHeaders.push('Content-Type', 'application/json');
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const target = url.pathname + url.search;
    const answer = await this.#sender.send(this.#url, { method, target, rawHeaders, body: bytes, signal }).catch((error: unknown) => {
      if (signal?.aborted === true) throw signal.reason;
      throw new Error(`no control API answers at ${this.#url}: ${(error as Error).message}`, { cause: error });
    });
    if (answer.status === 204) return undefined as T;
    const value = JSON.parse(answer.body.toString()) as unknown;
    if (answer.status !== 200) throw errorOf(value as Problem);
    return value as T;
  }
}

function errorOf({ status, detail, diagnostics }: Problem): Error {
  const [first, ...rest] = diagnostics ?? [];
  if (first !== undefined) return new DevgatewayError([first, ...rest] as [Diagnostic, ...Diagnostic[]]);
  return status === 400 ? new TypeError(detail) : new Error(detail);
}
