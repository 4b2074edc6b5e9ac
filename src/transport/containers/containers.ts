import type { ContainerSettings } from '../../model/gateway.ts';
import { startContainer, type RunningContainer } from './start-container.ts';

/** The containers of one gateway, by their settings. */
export class Containers {
  readonly #started = new Map<string, Promise<RunningContainer>>();
  readonly #stopping = new Set<Promise<unknown>>();
  #closed = false;

  /** Its origin. Started once, however many ask; where that fails, the next one tries again. */
  async start(settings: ContainerSettings): Promise<string> {
    if (this.#closed) throw new Error('the gateway is closed');
    const key = keyOf(settings);
    let started = this.#started.get(key);
    if (started === undefined) {
      started = startContainer(settings);
      this.#started.set(key, started);
      started.catch(() => this.#started.get(key) === started && this.#started.delete(key));
    }
    return (await started).origin;
  }

  /** Stops what a configuration does not name any more. */
  keepOnly(named: readonly ContainerSettings[]): void {
    const kept = new Set(named.map(keyOf));
    for (const [key, started] of this.#started) {
      if (kept.has(key)) continue;
      this.#started.delete(key);
      const stopped = started.then((one) => one.stop()).catch(() => {});
      this.#stopping.add(stopped);
      void stopped.then(() => this.#stopping.delete(stopped));
    }
  }

  /** One that is just starting is waited for: it could not be stopped before. */
  async close(): Promise<void> {
    this.#closed = true;
    this.keepOnly([]);
    await Promise.all(this.#stopping);
  }
}

const keyOf = (settings: ContainerSettings): string => JSON.stringify(settings);
