import type { Deps } from '../../engine/kit.ts';
import { keysOf, weakness, type Jwk } from './keys.ts';

/** Where the keys of a policy come from. */
export interface KeySet {
  /** What is known without asking anybody. */
  readonly keys: readonly Jwk[];
  /** Asks the key server, if it may be asked again. Answers whether `keys` may now hold more. */
  refresh(): Promise<boolean> | false;
}

/** Milliseconds between two questions to a key server: tokens with invented key ids must not become a flood. */
const coolDownMs = 30_000;

export const inlineKeys = (keys: readonly Jwk[]): KeySet => ({ keys: keys.filter((key) => weakness(key) === undefined), refresh: () => false });

/** Keys of a URL, or of an issuer's discovery document. What was fetched stays in use while the server is down. */
export class RemoteKeys implements KeySet {
  keys: readonly Jwk[] = [];
  readonly #source: { readonly url: string } | { readonly issuer: string };
  readonly #deps: Pick<Deps, 'clock' | 'fetch'>;
  #askedAt = -Infinity;
  #asking: Promise<boolean> | null = null;

  constructor(source: { readonly url: string } | { readonly issuer: string }, deps: Pick<Deps, 'clock' | 'fetch'>) {
    this.#source = source;
    this.#deps = deps;
  }

  refresh(): Promise<boolean> | false {
    if (this.#asking !== null) return this.#asking;
    const now = this.#deps.clock.now();
    if (this.keys.length > 0 && now - this.#askedAt < coolDownMs && now >= this.#askedAt) return false;
    this.#askedAt = now;
    this.#asking = this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask(): Promise<boolean> {
    try {
      const url = 'url' in this.#source ? this.#source.url : await this.#discover(this.#source.issuer);
      const keys = url === undefined ? undefined : keysOf(await this.#json(url));
      if (keys === undefined) return false;
      this.keys = keys.filter((key) => weakness(key) === undefined);
      return true;
    } catch {
      return false;
    }
  }

  async #discover(issuer: string): Promise<string | undefined> {
    const document = (await this.#json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as { jwks_uri?: unknown } | undefined;
    return typeof document?.jwks_uri === 'string' ? document.jwks_uri : undefined;
  }

  async #json(url: string): Promise<unknown> {
    const { status, text } = await this.#deps.fetch(url);
    return status === 200 ? (JSON.parse(text) as unknown) : undefined;
  }
}
