import { tooLarge, unreadable } from './function-error.ts';
import type { Instance, Invocation } from './instance.ts';

/** Source: the quotas of AWS Lambda. */
const maxAnswerBytes = 6_291_556;

/** The instances of one function: each runs one invocation at a time and is used again. What is too much waits. */
export class FunctionPool {
  readonly #make: () => Instance;
  readonly #most: number;
  readonly #all = new Set<Instance>();
  /** The one that was used last comes first: it is the warmest. */
  readonly #idle: Instance[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Those that run code which has changed since: they end after what they do. */
  readonly #stale = new WeakSet<Instance>();

  #closed = false;

  constructor(make: () => Instance, most: number) {
    this.#make = make;
    this.#most = most;
  }

  /** @throws FunctionError */
  async invoke(invocation: Invocation): Promise<unknown> {
    const instance = this.#free() ?? (await this.#turn());
    let text: string;
    try {
      text = await instance.invoke(invocation);
    } finally {
      this.#giveBack(instance);
    }
    if (Buffer.byteLength(text) > maxAnswerBytes) throw tooLarge(maxAnswerBytes);
    try {
      return text === '' ? null : JSON.parse(text);
    } catch {
      throw unreadable(text);
    }
  }

  /** Every instance that consists of one of these files is made anew. */
  renew(changed: ReadonlySet<string>): void {
    for (const instance of this.#all) {
      if (![...instance.files].some((file) => changed.has(file))) continue;
      this.#stale.add(instance);
      const at = this.#idle.indexOf(instance);
      if (at >= 0) {
        this.#idle.splice(at, 1);
        this.#remove(instance);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((one) => one.stop()));
  }

  #free(): Instance | undefined {
    for (let one = this.#idle.pop(); one !== undefined; one = this.#idle.pop()) {
      if (!one.ended) return one;
      this.#remove(one);
    }
    if (this.#closed) throw new Error('the gateway is closed');
    if (this.#all.size >= this.#most) return undefined;
    const made = this.#make();
    this.#all.add(made);
    return made;
  }

  async #turn(): Promise<Instance> {
    for (;;) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      const free = this.#free();
      if (free !== undefined) return free;
    }
  }

  #giveBack(instance: Instance): void {
    if (instance.ended || this.#stale.has(instance)) this.#remove(instance);
    else this.#idle.push(instance);
    this.#waiting.shift()?.();
  }

  #remove(instance: Instance): void {
    this.#all.delete(instance);
    void instance.stop();
  }
}
