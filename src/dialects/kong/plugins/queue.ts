import type { Clock } from '../../../engine/clock.ts';
import type { Setting } from '../../../sources/setting.ts';

/** How entries are put together and tried again (kong.tools.queue). Times in milliseconds. */
export interface QueueOptions {
  readonly batchSize: number;
  /** Without a limit of batches at a time nothing waits in the queue. */
  readonly queued: boolean;
  readonly delay: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly retryTime: number;
  readonly retryDelay: number;
  readonly maxRetryDelay: number;
}

/** The `queue` record, and the fields that older releases had beside it. */
export function readQueue(config: Setting): QueueOptions {
  const queue = config.get('queue');
  const number = (key: string, usual: number): number => queue.get(key).number({ min: 0 }) ?? usual;
  config.get('retry_count').ignored('Kong has not read it since 3.3: attempts are limited by max_retry_time');
  const batch = number('max_batch_size', 1);
  const delay = number('max_coalescing_delay', 1);
  // The usual values of the older fields say nothing (Queue.get_plugin_params).
  const older = (key: string, usual: number, newer: number): number => {
    const value = config.get(key).number({ min: 0 }) ?? usual;
    return value === usual ? newer : value;
  };
  return {
    batchSize: Math.max(1, older('queue_size', 1, batch)),
    queued: queue.get('concurrency_limit').oneOf('1', '-1') !== '-1',
    delay: older('flush_timeout', 2, delay) * 1000,
    maxEntries: Math.max(1, number('max_entries', 10_000)),
    maxBytes: number('max_bytes', Infinity),
    retryTime: number('max_retry_time', 60) * 1000,
    retryDelay: number('initial_retry_delay', 0.01) * 1000,
    maxRetryDelay: number('max_retry_delay', 60) * 1000,
  };
}

/** Answers whether the batch has arrived. Must not throw. */
export type SendBatch = (entries: readonly string[]) => Promise<boolean>;

/** Entries on their way out, one batch at a time; nobody waits for them. The oldest are dropped where there are too many. */
export class EntryQueue {
  readonly #options: QueueOptions;
  readonly #clock: Clock;
  readonly #entries: string[] = [];
  #bytes = 0;
  #send: SendBatch | null = null;
  #coalescing: (() => void) | null = null;
  #sending = false;

  constructor(options: QueueOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** `send` of the newest configuration counts. */
  add(entry: string, send: SendBatch): void {
    const { maxEntries, maxBytes, queued } = this.#options;
    if (!queued) return void send([entry]);
    this.#send = send;
    if (entry.length > maxBytes) return;
    while (this.#entries.length > 0 && (this.#entries.length >= maxEntries || this.#bytes + entry.length > maxBytes)) this.#take(1);
    this.#entries.push(entry);
    this.#bytes += entry.length;
    this.#next();
  }

  #take(count: number): string[] {
    const taken = this.#entries.splice(0, count);
    for (const one of taken) this.#bytes -= one.length;
    return taken;
  }

  /** Sends at once what fills a batch; what does not waits for more. */
  #next(): void {
    if (this.#sending || this.#entries.length === 0) return;
    if (this.#entries.length >= this.#options.batchSize || this.#options.delay < 50) {
      this.#coalescing?.();
      this.#coalescing = null;
      void this.#sendOne();
    } else
      this.#coalescing ??= this.#clock.after(this.#options.delay, () => {
        this.#coalescing = null;
        void this.#sendOne();
      });
  }

  async #sendOne(): Promise<void> {
    if (this.#sending || this.#send === null) return;
    this.#sending = true;
    const batch = this.#take(this.#options.batchSize);
    const start = this.#clock.now();
    for (let attempt = 0; !(await this.#send(batch)); attempt += 1) {
      if (this.#clock.now() - start > this.#options.retryTime) break;
      await this.#clock.sleep(Math.min(this.#options.maxRetryDelay, 2 ** attempt * this.#options.retryDelay));
    }
    this.#sending = false;
    this.#next();
  }
}
