/** When a target is taken for well or not; a limit of 0 switches its count off. */
export interface HealthLimits {
  readonly healthyStatuses: readonly number[];
  readonly unhealthyStatuses: readonly number[];
  readonly successes: number;
  readonly httpFailures: number;
  readonly tcpFailures: number;
  readonly timeouts: number;
}

/** What became of a request: a status (0: no answer of HTTP), no connection, or no answer in time. */
export type Outcome = number | 'tcp' | 'timeout';
type Counter = 'successes' | 'httpFailures' | 'tcpFailures' | 'timeouts';

/**
 * Source: lua-resty-healthcheck. Four counts: a success forgets every failure, a failure the successes. A target in between is still what
 * it was. What is fully well counts no successes, what is fully ill no failures.
 */
export class TargetHealth {
  isUp = true;
  /** Has been told the opposite since. */
  #doubted = false;
  #counts: Record<Counter, number> = { successes: 0, httpFailures: 0, tcpFailures: 0, timeouts: 0 };

  report(outcome: Outcome, limits: HealthLimits): void {
    const counter = counterOf(outcome, limits);
    if (counter === undefined || limits[counter] === 0) return;
    const good = counter === 'successes';
    if (good === this.isUp && !this.#doubted) return;
    const { successes, httpFailures, tcpFailures, timeouts } = this.#counts;
    this.#counts = good ? { successes, httpFailures: 0, tcpFailures: 0, timeouts: 0 } : { successes: 0, httpFailures, tcpFailures, timeouts };
    this.#counts[counter] += 1;
    if (this.#counts[counter] >= limits[counter]) {
      this.isUp = good;
      this.#doubted = false;
    } else if (good !== this.isUp) this.#doubted = true;
  }
}

function counterOf(outcome: Outcome, limits: HealthLimits): Counter | undefined {
  if (outcome === 'tcp') return 'tcpFailures';
  if (outcome === 'timeout') return 'timeouts';
  if (limits.healthyStatuses.includes(outcome)) return 'successes';
  return outcome === 0 || limits.unhealthyStatuses.includes(outcome) ? 'httpFailures' : undefined;
}

/** The targets of an upstream, by `host:port`. Outlives programs, as Kong's outlives a configuration. */
export class UpstreamHealth {
  readonly #targets = new Map<string, TargetHealth>();

  of(target: string): TargetHealth {
    let health = this.#targets.get(target);
    if (health === undefined) this.#targets.set(target, (health = new TargetHealth()));
    return health;
  }
}
