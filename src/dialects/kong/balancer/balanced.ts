import type { Clock } from '../../../engine/clock.ts';
import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer, Opener, StepKind } from '../../../engine/kit.ts';
import { refuse, type Failure } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { kongError, nginxError } from '../faults.ts';
import { newHandle, type Algorithm, type BalancerTarget, type Handle } from './algorithm.ts';
import type { HashOptions } from './hash-input.ts';
import type { HealthLimits, Outcome, UpstreamHealth } from './health.ts';
import type { ActiveChecks } from './probes.ts';
import { failureOf, tryInTurn, type Peer, type Peers, type TryOptions } from './tries.ts';

export interface BalancerOptions extends TryOptions {
  readonly name: string;
  readonly algorithm: 'round-robin' | 'consistent-hashing' | 'least-connections' | 'latency';
  readonly slots: number;
  /**
   * Those with a weight; `tells` and `probedAs` are Host fields. For each the destination has a child, and after them, where there are
   * active checks, one to probe it.
   */
  readonly targets: readonly (BalancerTarget & { readonly tells: string; readonly probedAs: string; readonly failover: boolean })[];
  /** With those of weight 0. */
  readonly count: number;
  readonly hash: HashOptions;
  /** Percent of the weight that must be well; the whole fails at or below it. */
  readonly threshold: number;
  readonly passive: HealthLimits;
  readonly active: ActiveChecks | null;
}

export interface Balancing {
  readonly openers: readonly Opener[];
  readonly pool: Algorithm;
  readonly health: UpstreamHealth;
  /** Of the scope of the request. */
  readonly clock: Clock;
}

/** What the log phase tells the balancer: the answer has been passed on. */
const finishSlot: Slot<() => void> = slot('kong balancer');
export const balancerLogStep: StepKind<null> = {
  kind: 'kong/balancer/log',
  create: () => (exchange) => {
    exchange.read(finishSlot)?.();
    return undefined;
  },
};

/** One request on its way over the targets of an upstream. Source: kong.balancer of kong/init.lua, log.after of kong/runloop/handler.lua. */
export class Balanced implements Peers {
  readonly #exchange: Exchange;
  readonly #options: BalancerOptions;
  readonly #with: Balancing;
  readonly #clock: Clock;
  readonly #handle: Handle;
  /** Of those whose name is not known. */
  readonly #absent = new Set<number>();
  readonly #isUp = (target: number): boolean => this.#counts(target) && this.#with.health.of(this.#key(target)).isUp;
  /** Whether those are asked that stand in for the others. */
  #standIns = false;
  #failures = 0;
  #askedAt = 0;

  constructor(exchange: Exchange, options: BalancerOptions, balancing: Balancing, hash: string) {
    this.#exchange = exchange;
    this.#options = options;
    this.#with = balancing;
    this.#clock = balancing.clock;
    this.#handle = newHandle(hash);
  }

  async run(): Promise<Answer | Failure> {
    const answer = await tryInTurn(this.#exchange, this, this.#options);
    this.#exchange.write(finishSlot, () => this.#finish(answer));
    return answer;
  }

  next(): Peer | Failure {
    const { pool, openers } = this.#with;
    this.#standIns = false;
    if (!this.#isHealthy) this.#standIns = true;
    const chosen = this.#isHealthy ? pool.pick(this.#handle, this.#isUp, this.#clock.now()) : undefined;
    // On a first try Kong answers, later nginx does.
    if (chosen === undefined) return refuse(this.#failures > 0 ? nginxError(503) : kongError(503, 'failure to get a peer from the ring-balancer'));
    this.#handle.at = chosen;
    this.#askedAt = this.#clock.now();
    return { open: openers[chosen] as Opener, host: this.#options.targets[chosen]?.tells ?? '' };
  }

  failed(how: 'tcp' | 'timeout'): void {
    this.#failures += 1;
    this.#report(how);
  }

  absent(): boolean {
    this.#absent.add(this.#handle.at);
    return true;
  }

  #counts(target: number): boolean {
    return !this.#absent.has(target) && this.#options.targets[target]?.failover === this.#standIns;
  }

  #key(target: number): string {
    const { host, port } = this.#options.targets[target] as BalancerTarget;
    return `${host}:${port}`;
  }

  get #isHealthy(): boolean {
    let total = 0;
    let up = 0;
    for (const [at, { weight }] of this.#options.targets.entries()) {
      if (!this.#counts(at)) continue;
      total += weight;
      if (this.#isUp(at)) up += weight;
    }
    return total > 0 && (up / total) * 100 > this.#options.threshold;
  }

  #report(outcome: Outcome): void {
    if (this.#handle.at >= 0) this.#with.health.of(this.#key(this.#handle.at)).report(outcome, this.#options.passive);
  }

  /** A last try that failed counts by the status that it came to: only those that were followed by another one count as failures of TCP. */
  #finish(answer: Answer | Failure): void {
    const { pool } = this.#with;
    const status = 'type' in answer ? this.#statusOf(answer) : answer.status;
    if (status !== undefined) this.#report(status === 504 ? 'timeout' : status);
    // After several tries nginx tells several times, which Kong reads as none.
    const seconds = this.#failures > 0 ? 0 : (this.#clock.now() - this.#askedAt) / 1000;
    pool.finished?.(this.#handle, seconds, this.#clock.now(), this.#isHealthy);
  }

  #statusOf({ fault }: Failure): number | undefined {
    if (this.#exchange.aborted) return undefined;
    const how = failureOf(fault);
    if (how !== undefined) return how === 'timeout' ? 504 : 502;
    if (fault.kind === 'upstream-malformed') return 502;
    return fault.kind === 'kong/nginx' ? 503 : undefined;
  }
}
