import type { Clock } from '../../engine/clock.ts';
import type { Deps } from '../../engine/kit.ts';
import { readKeySet, type KeySet } from './key-set.ts';
import type { ParsedJws } from './parse-jwt.ts';

/** A key set is asked for again after this long; a set that cannot be had leaves the old one in use. */
const maxAgeMs = 600_000;
/** Unknown kids cause no more than one request in this time, whoever makes them up. */
const coolDownMs = 30_000;
const timeoutMs = 5000;

/** A key set behind a URL, as far as it is known. Lives in the gateway's memory and so outlasts reloads. */
export class RemoteKeys {
  readonly #load: () => Promise<KeySet>;
  readonly #clock: Clock;
  #set: KeySet | null = null;
  #loadedAt = -Infinity;
  #askedAt = -Infinity;
  /** When a token with an unknown key last made us ask. */
  #searchedAt = -Infinity;
  #asking: Promise<KeySet> | null = null;

  constructor(load: () => Promise<KeySet>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** The set if it need not be asked for: it is young, or nothing newer could be had just now. */
  get current(): KeySet | null {
    return this.#set !== null && (this.#since(this.#loadedAt) < maxAgeMs || this.#since(this.#askedAt) < coolDownMs) ? this.#set : null;
  }

  /** The set to verify this token with. Rejects where there is none and none can be had. */
  for(token: ParsedJws): KeySet | Promise<KeySet> {
    const { current } = this;
    if (current === null) return this.#ask();
    if (current.has(token) || this.#since(this.#searchedAt) < coolDownMs) return current;
    this.#searchedAt = this.#clock.now();
    return this.#ask();
  }

  /** A clock that was set back makes nothing young again. */
  #since(then: number): number {
    const passed = this.#clock.now() - then;
    return passed < 0 ? Infinity : passed;
  }

  async #ask(): Promise<KeySet> {
    if (this.#asking === null) {
      this.#askedAt = this.#clock.now();
      this.#asking = this.#load().finally(() => (this.#asking = null));
    }
    try {
      this.#set = await this.#asking;
      this.#loadedAt = this.#clock.now();
      return this.#set;
    } catch (error) {
      if (this.#set !== null) return this.#set;
      throw error;
    }
  }
}

type Fetch = Deps['fetch'];

async function fetchJson(fetch: Fetch, url: string): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await fetch(url, { headers: ['Accept', 'application/json'], timeoutMs });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${url} did not answer with a JSON object`);
  return value as Readonly<Record<string, unknown>>;
}

/** Loads the key set at a URL. */
export const keysAt = (fetch: Fetch, url: string) => async (): Promise<KeySet> => readKeySet(await fetchJson(fetch, url)).set;

/** Loads the key set that an issuer's discovery document names (OpenID Connect Discovery section 4). */
export const keysOfIssuer = (fetch: Fetch, issuer: string) => async (): Promise<KeySet> => {
  const document = await fetchJson(fetch, `${issuer.endsWith('/') ? issuer.slice(0, -1) : issuer}/.well-known/openid-configuration`);
  // Section 4.3: an issuer that describes another one is impersonating it.
  if (document['issuer'] !== issuer) throw new Error(`the discovery document of ${issuer} is of ${String(document['issuer'])}`);
  const url = document['jwks_uri'];
  if (typeof url !== 'string' || !/^https?:/i.test(url)) throw new Error(`the discovery document of ${issuer} names no key set`);
  return keysAt(fetch, url)();
};
