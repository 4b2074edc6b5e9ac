import type { Named } from '../model/gateway.ts';
import type { Origin } from '../model/origin.ts';
import type { Outcome } from './outcome.ts';

/** One decision on the way of a request. */
export interface TraceEntry {
  readonly what: 'match' | 'step' | 'note' | 'send' | 'answer';
  readonly kind: string;
  readonly message: string;
  readonly origin: Origin | null;
}

/** Collects the decisions of one exchange: what `explain` prints. */
export class Trace {
  readonly entries: TraceEntry[] = [];

  add(what: TraceEntry['what'], kind: string, message: string, origin: Origin | null = null): void {
    this.entries.push({ what, kind, message, origin });
  }

  note(message: string, by?: Named): void {
    this.add('note', by?.kind ?? '', message, by?.origin ?? null);
  }

  step(step: Named, outcome: Outcome): void {
    this.add('step', step.kind, describeOutcome(outcome), step.origin);
  }
}

function describeOutcome(outcome: Outcome): string {
  if (outcome === undefined) return 'continue';
  if (outcome.type === 'reply') return `reply ${outcome.status}`;
  if (outcome.type === 'fault') return `fault ${outcome.fault.kind}${outcome.fault.detail ? ` ${JSON.stringify(outcome.fault.detail)}` : ''}`;
  return 'route' in outcome.to ? `jump to ${outcome.to.route}` : `jump to ${outcome.to.path}`;
}
