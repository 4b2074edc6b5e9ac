import type { Listener } from '../model/gateway.ts';
import { isSecure, portKey, type Dispatch, type SharedPort } from './dispatch.ts';
import type { OpenPort } from './listen.ts';
import type { ListenerInfo } from './types.ts';

interface Held {
  /** The first of those that share the port. */
  readonly listener: Listener;
  readonly open: OpenPort;
}

type Opening = (listeners: SharedPort, dispatch: Dispatch, isFirst: boolean) => Promise<OpenPort>;

/** The ports of a gateway, which follow what its configuration says. */
export class Ports {
  #held: readonly Held[] = [];
  readonly #open: Opening;
  readonly #idle: () => Promise<void>;

  /** `idle`: resolves when what is in flight has been answered. */
  constructor(open: Opening, idle: () => Promise<void>) {
    this.#open = open;
    this.#idle = idle;
  }

  get infos(): ListenerInfo[] {
    return this.#held.flatMap(({ open }) => open.infos);
  }

  /**
   * Opens what is new, lets `swap` put the new configuration in the place of the old one, and closes what is gone. The first port keeps its
   * place whatever its number becomes, so that the address that people know stays good.
   * @throws DevgatewayError DG1401, DG1402, DG1403, and what `swap` throws; then nothing has changed.
   */
  async follow(dispatch: Dispatch, swap: () => void): Promise<void> {
    const there = this.#heldFor(dispatch.ports);
    const changes: (() => void)[] = [];
    const held: Held[] = [];
    try {
      for (const [at, listeners] of dispatch.ports.entries()) {
        const [listener] = listeners;
        const known = there.get(portKey(listener));
        const open = known ?? (await this.#open(listeners, dispatch, at === 0 && this.#held.length === 0));
        held.push({ listener, open });
        if (known !== undefined) changes.push(known.prepare(listeners));
      }
      swap();
    } catch (error) {
      // What was opened must not stay open without anybody to close it.
      await Promise.all(without(held, this.#held).map(({ open }) => open.close(Promise.resolve())));
      throw error;
    }
    const gone = without(this.#held, held);
    this.#held = held;
    for (const change of changes) change();
    for (const { open } of gone) void open.close(this.#idle());
  }

  /** What is open already, by the keys that it serves from now on. */
  #heldFor(ports: readonly SharedPort[]): Map<string, OpenPort> {
    const there = new Map(this.#held.map(({ listener, open }) => [portKey(listener), open]));
    const [held] = this.#held;
    const next = ports[0]?.[0];
    if (held === undefined || next === undefined || isSecure(held.listener) !== isSecure(next) || there.has(portKey(next))) return there;
    if (!ports.some(([one]) => portKey(one) === portKey(held.listener))) there.set(portKey(next), held.open);
    return there;
  }

  async close(): Promise<void> {
    const idle = this.#idle();
    await Promise.all(this.#held.map(({ open }) => open.close(idle)));
  }
}

const without = (all: readonly Held[], others: readonly Held[]): Held[] => all.filter(({ open }) => !others.some((one) => one.open === open));
