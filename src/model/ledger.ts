import type { Diagnostic, ErrorCode } from './error.ts';
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
  /** Who settled it has nothing to say about it: any other reader's word counts more. */
  yields?: true;
}

const severity: Record<Verdict, number> = { unknown: 0, mirrored: 1, approximated: 2, ignored: 3 };

/** The account of a whole configuration: a verdict for each leaf, and every problem that was found. */
export class Ledger {
  /** In the order in which they were met. */
  readonly entries: Entry[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #files = new Map<string, Map<string, Entry>>();
  readonly #told = new Set<string>();
  readonly #refused: ReadonlySet<ErrorCode>;

  /** `refused`: codes whose warnings count as errors. */
  constructor(refused: Iterable<ErrorCode> = []) {
    this.#refused = new Set(refused);
  }

  /** Makes a leaf known, so that it is reported even if nobody reads it. */
  leaf(origin: Origin): void {
    const leaves = this.#leavesOf(origin.file);
    if (!leaves.has(origin.pointer)) this.#add(leaves, { origin, verdict: 'unknown', by: '', note: '' });
  }

  /** Where several readers settle one leaf, the worst verdict stands. */
  settle(origin: Origin, verdict: Exclude<Verdict, 'unknown'>, by: string, note = ''): void {
    const leaves = this.#leavesOf(origin.file);
    const entry = leaves.get(origin.pointer);
    if (entry === undefined) return this.#add(leaves, { origin, verdict, by, note });
    if (entry.yields === undefined && severity[verdict] <= severity[entry.verdict]) return;
    delete entry.yields;
    entry.verdict = verdict;
    entry.by = by;
    entry.note = note;
  }

  /** The leaf is nothing to this reader: it is ignored unless another reader settles it. */
  leave(origin: Origin, by: string, why: string): void {
    const leaves = this.#leavesOf(origin.file);
    if ((leaves.get(origin.pointer)?.verdict ?? 'unknown') !== 'unknown') return;
    this.settle(origin, 'ignored', by, why);
    (leaves.get(origin.pointer) as Entry).yields = true;
  }

  #leavesOf(file: string): Map<string, Entry> {
    let leaves = this.#files.get(file);
    if (leaves === undefined) this.#files.set(file, (leaves = new Map()));
    return leaves;
  }
  #add(leaves: Map<string, Entry>, entry: Entry): void {
    leaves.set(entry.origin.pointer, entry);
    this.entries.push(entry);
  }

  /** Several readers may find the same fault in one place: it is told once. */
  report(diagnostic: Diagnostic): void {
    const { code, file, line, column, message } = diagnostic;
    const told = `${code} ${file}:${line}:${column} ${message}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.diagnostics.push(this.#refused.has(diagnostic.code) ? { ...diagnostic, severity: 'error' } : diagnostic);
  }

  get failed(): boolean {
    return this.diagnostics.some((one) => one.severity === 'error');
  }

  counts(): Record<Verdict, number> {
    const counts: Record<Verdict, number> = { mirrored: 0, approximated: 0, ignored: 0, unknown: 0 };
    for (const entry of this.entries) counts[entry.verdict] += 1;
    return counts;
  }
}
