/** The one clock of a gateway. Milliseconds since 1970. Steps, limiters and retries know no other time. */
export interface Clock {
  now(): number;
  /** Calls `act` once, when the clock has moved on by `ms`. Answers how to call that off. */
  after(ms: number, act: () => void): () => void;
  /** Resolves when the clock has moved on by `ms`; rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
