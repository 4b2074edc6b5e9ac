import type { Clock } from '../../../engine/clock.ts';
import { Exchange } from '../../../engine/exchange.ts';
import type { Opener } from '../../../engine/kit.ts';
import { MessageBody } from '../../../engine/message-body.ts';
import { Fields } from '../../../http/fields.ts';
import type { Listener } from '../../../model/gateway.ts';
import type { HealthLimits, TargetHealth } from './health.ts';
import { failureOf } from './tries.ts';

export interface ActiveChecks {
  readonly path: string;
  /** Flat. */
  readonly headers: readonly string[];
  readonly concurrency: number;
  /** Between two looks at those that are well, and at those that are not; 0: never. */
  readonly everyMs: { readonly up: number; readonly down: number };
  readonly limits: HealthLimits;
}
export interface Probed {
  readonly open: Opener;
  readonly host: string;
  readonly health: TargetHealth;
}

/** An upstream that nobody asks for is not looked after for ever. */
const restAfterMs = 600_000;

/** Active health checks on the gateway's clock, from the first request on. Source: lua-resty-healthcheck. */
export class Probing {
  readonly #checks: ActiveChecks;
  readonly #targets: readonly Probed[];
  readonly #clock: Clock;
  readonly #within: { readonly scope: string; readonly clock: Clock | null; readonly listener: Listener };
  readonly #isWanted: () => boolean;
  readonly #cancel = new Map<'up' | 'down', () => void>();
  readonly #running = new Set<Promise<void>>();
  #usedAt: number;

  /** `isWanted`: false once the memory that holds this was cleared. */
  constructor(checks: ActiveChecks, targets: readonly Probed[], exchange: Exchange, clock: Clock, isWanted: () => boolean) {
    this.#isWanted = isWanted;
    this.#checks = checks;
    this.#targets = targets;
    this.#clock = clock;
    this.#within = { scope: exchange.scope, clock: exchange.clock, listener: exchange.listener };
    this.#usedAt = this.#clock.now();
    this.#arm('up');
    this.#arm('down');
  }

  /** A request has come: looks at once where it has rested, and answers when what is out is back, but waits no longer than so many ms. */
  async used(patienceMs: number): Promise<void> {
    const rested = this.#clock.now() - this.#usedAt >= restAfterMs;
    this.#usedAt = this.#clock.now();
    if (rested) {
      this.#look('up');
      this.#look('down');
    }
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(patienceMs, resolve);
      void Promise.all(this.#running).then(() => (cancel(), resolve()));
    });
  }

  stop(): void {
    for (const cancel of this.#cancel.values()) cancel();
    this.#cancel.clear();
  }

  #arm(which: 'up' | 'down'): void {
    const every = this.#checks.everyMs[which];
    this.#cancel.get(which)?.();
    if (every > 0)
      this.#cancel.set(
        which,
        this.#clock.after(every, () => this.#look(which)),
      );
  }

  #look(which: 'up' | 'down'): void {
    if (this.#checks.everyMs[which] === 0 || this.#clock.now() - this.#usedAt >= restAfterMs || !this.#isWanted()) return;
    this.#arm(which);
    const chosen = this.#targets.filter(({ health }) => health.isUp === (which === 'up'));
    const lanes = Array.from({ length: Math.min(this.#checks.concurrency, chosen.length) }, (_, lane) =>
      chosen.filter((_target, at) => at % this.#checks.concurrency === lane),
    );
    for (const lane of lanes) {
      const work = this.#run(lane).finally(() => this.#running.delete(work));
      this.#running.add(work);
    }
  }

  async #run(lane: readonly Probed[]): Promise<void> {
    for (const target of lane) await this.#probe(target).catch(() => {});
  }

  async #probe({ open, host, health }: Probed): Promise<void> {
    const { limits, path, headers } = this.#checks;
    const { scope, clock, listener } = this.#within;
    const exchange = new Exchange({
      arrived: { method: 'GET', target: path, httpVersion: '1.0', headers: new Fields([...headers, 'Host', host]) },
      connection: { remoteAddress: '', remotePort: 0, secure: false },
      listener,
      startedAt: this.#clock.now(),
      scope,
      clock,
      body: new MessageBody(null),
    });
    const answer = await open(exchange);
    if ('type' in answer) {
      const outcome = answer.fault.kind === 'upstream-malformed' ? 0 : failureOf(answer.fault);
      if (outcome !== undefined) health.report(outcome, limits);
      return;
    }
    answer.abandon();
    // What a tape does not know says nothing of the target.
    if (answer.headers.get('devgateway-tape') === 'unknown') return;
    health.report(answer.status, limits);
  }
}
