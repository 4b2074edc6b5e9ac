/** A response as it was sent to the client. */
export interface CachedResponse {
  readonly status: number;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Whole seconds. */
  readonly storedAt: number;
  /** Seconds for which it is fresh. */
  readonly ttl: number;
}
interface Entry {
  readonly response: CachedResponse;
  /** Milliseconds. */
  readonly expiresAt: number;
  readonly size: number;
}

/** Of the size of Kong's own dictionary (mem_cache_size). */
const maxBytes = 128 * 1024 * 1024;

/** Responses by their keys, up to a sum of bytes: what was not asked for longest goes first (a shared dictionary of nginx). */
export class CachedResponses {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  get(key: string, nowMs: number): CachedResponse | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key, entry);
    if (entry.expiresAt <= nowMs) return undefined;
    this.#add(key, entry);
    return entry.response;
  }

  /** `seconds`: how long it is kept; 0: until there is no room for it. */
  set(key: string, response: CachedResponse, nowMs: number, seconds: number): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    const size = response.body.length + response.headers.reduce((sum, text) => sum + text.length, key.length);
    if (size > maxBytes) return;
    this.#add(key, { response, size, expiresAt: seconds <= 0 ? Infinity : nowMs + seconds * 1000 });
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= maxBytes) return;
      this.#remove(oldest, entry);
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += entry.size;
  }
  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= entry.size;
  }
}
