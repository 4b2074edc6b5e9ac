import { matches, type TrafficFilter, type WaitOptions } from '../../traffic/traffic.ts';
import type { Recorded } from '../../traffic/recording.ts';
import { fromWire, type WireExchange } from '../wire.ts';
import type { Asked, ControlClient } from './client.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What `traffic` is from another process: the same, asked for. */
export class RemoteTraffic {
  readonly #client: ControlClient;

  constructor(client: ControlClient) {
    this.#client = client;
  }

  async query(filter: TrafficFilter = {}): Promise<Recorded[]> {
    const { query, rest } = split(filter);
    return (await this.#ask('/v1/traffic', { query })).filter(rest);
  }

  /** Resolves with the first `count` that fit, as soon as there are so many. Rejects when its time is over, telling what came instead. */
  async waitFor(filter: TrafficFilter = {}, { count = 1, timeoutMs = 5_000, signal }: WaitOptions = {}): Promise<Recorded[]> {
    const { query, rest, isWhole } = split(filter);
    if (isWhole) return this.#ask('/v1/traffic/wait', { query: { ...query, count, timeoutMs }, signal });
    const end = performance.now() + timeoutMs;
    const found: Recorded[] = [];
    let last = 0;
    for (;;) {
      // What only this process can judge is judged here, one after the other as they come.
      const left = Math.max(0, Math.round(end - performance.now()));
      const came = await this.#ask('/v1/traffic/wait', { query: { ...query, after: last, count: 1, timeoutMs: left }, signal });
      last = came.at(-1)?.id ?? last;
      found.push(...came.filter(rest));
      if (found.length >= count) return found.slice(0, count);
    }
  }

  clear(): Promise<void> {
    return this.#client.ask('DELETE', '/v1/traffic');
  }

  async #ask(path: string, asked: Asked): Promise<Recorded[]> {
    const { exchanges } = await this.#client.ask<{ exchanges: WireExchange[] }>('GET', path, asked);
    return exchanges.map(fromWire);
  }
}

/** What the gateway can filter by itself, and what is left for this process. */
function split(filter: TrafficFilter): { query: Query; rest: (exchange: Recorded) => boolean; isWhole: boolean } {
  if (typeof filter === 'function') return { query: {}, rest: filter, isWhole: false };
  const { path, ...query } = filter;
  if (path instanceof RegExp) return { query, rest: (exchange) => matches({ path }, exchange), isWhole: false };
  return { query: { ...query, path }, rest: () => true, isWhole: true };
}
