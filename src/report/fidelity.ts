import type { Verdict } from '../model/ledger.ts';
import type { Paint } from './paint.ts';
import { printable } from './diagnostics.ts';

interface Leaf {
  readonly pointer: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly verdict: Verdict;
  readonly note: string;
}
interface Account {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly leaves: readonly Leaf[];
}

export const fidelityLine = ({ counts }: Account): string =>
  `${counts.mirrored} mirrored, ${counts.approximated} approximated, ${counts.ignored} ignored, ${counts.unknown} unknown`;

/** The counts, and every setting that is not mirrored; those side by side of which the same is said stand in one line. */
export function renderFidelity(account: Account, paint: Paint): string {
  const rest = account.leaves.filter((leaf) => leaf.verdict !== 'mirrored');
  const colour = { approximated: paint.yellow, ignored: paint.dim, unknown: paint.red, mirrored: paint.green };
  return [
    `fidelity: ${fidelityLine(account)}`,
    ...runsIn(rest).map(({ file, line, column, verdict, pointer, note, count }) =>
      printable(`  ${file}:${line}:${column}  `).concat(
        colour[verdict](verdict),
        printable(`  ${pointer}${count === 1 ? '' : ` (${count} settings)`}${note === '' ? '' : `  ${note}`}`),
      ),
    ),
  ].join('\n');
}

interface Run extends Leaf {
  readonly count: number;
}

/** Neighbours of one file with the same verdict and the same words, at the place of the first and with what their pointers share. */
function runsIn(leaves: readonly Leaf[]): Run[] {
  const runs: Run[] = [];
  for (const leaf of leaves) {
    const before = runs.at(-1);
    const shared = before === undefined ? '' : sharedPointer(before.pointer, leaf.pointer);
    const alike = before?.file === leaf.file && before.verdict === leaf.verdict && before.note === leaf.note && leaf.note !== '' && shared !== '';
    if (alike) runs[runs.length - 1] = { ...before, pointer: shared, count: before.count + 1 };
    else runs.push({ ...leaf, count: 1 });
  }
  return wholeDocumentsOnce(runs);
}

/** What is said of whole documents of a stream, one by one, is said once, at the place of the first. */
function wholeDocumentsOnce(runs: readonly Run[]): Run[] {
  const said = new Map<string, Run>();
  for (const run of runs) {
    const key = /^\/\d+$/.test(run.pointer) && run.note !== '' ? `${run.file}\0${run.verdict}\0${run.note}` : `${said.size}`;
    const before = said.get(key);
    said.set(key, before === undefined ? run : { ...before, pointer: `${before.pointer}, ${run.pointer}`, count: before.count + run.count });
  }
  return [...said.values()];
}

/** Up to the last part that both have; empty where they share nothing. */
function sharedPointer(a: string, b: string): string {
  const others = b.split('/');
  const parts = a.split('/');
  const at = parts.findIndex((part, index) => part !== others[index]);
  return (at < 0 ? parts : parts.slice(0, at)).join('/');
}
