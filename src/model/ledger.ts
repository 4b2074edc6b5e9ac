import type { Diagnostic } from './error.ts';
import type { Origin } from './origin.ts';

export type Verdict = 'mirrored' | 'approximated' | 'ignored' | 'unknown';

/** What became of one leaf of the user's configuration. */
export interface Entry {
  readonly origin: Origin;
  verdict: Verdict;
  /** Who read it: `DIALECT/service`. */
  by: string;
  /** How it is approximated, or why it is ignored. */
  note: string;
}

const severity: Record<Verdict, number> = { unknown: 0, mirrored: 1, approximated: 2, ignored: 3 };

/** The account of a whole configuration: a verdict for each leaf, and every problem that was found. */
export class Ledger {
  readonly entries: Map<string, Entry> = new Map();
  readonly diagnostics: Diagnostic[] = [];

  /** Makes a leaf known, so that it is reported even if nobody reads it. */
  leaf(origin: Origin): void {
    const key = keyOf(origin);
    if (!this.entries.has(key)) this.entries.set(key, { origin, verdict: 'unknown', by: '', note: '' });
  }

  /** Where several readers settle one leaf, the worst verdict stands. */
  settle(origin: Origin, verdict: Exclude<Verdict, 'unknown'>, by: string, note = ''): void {
    const key = keyOf(origin);
    const entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, { origin, verdict, by, note });
    else if (severity[verdict] > severity[entry.verdict]) Object.assign(entry, { verdict, by, note });
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  get failed(): boolean {
    return this.diagnostics.some((one) => one.severity === 'error');
  }

  counts(): Record<Verdict, number> {
    const counts: Record<Verdict, number> = { mirrored: 0, approximated: 0, ignored: 0, unknown: 0 };
    for (const entry of this.entries.values()) counts[entry.verdict] += 1;
    return counts;
  }
}

const keyOf = (origin: Origin): string => `${origin.file}\n${origin.pointer}`;
