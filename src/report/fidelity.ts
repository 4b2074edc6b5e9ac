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

/** The counts, and every setting that is not mirrored. */
export function renderFidelity(account: Account, paint: Paint): string {
  const rest = account.leaves.filter((leaf) => leaf.verdict !== 'mirrored');
  const colour = { approximated: paint.yellow, ignored: paint.dim, unknown: paint.red, mirrored: paint.green };
  return [
    `fidelity: ${fidelityLine(account)}`,
    ...rest.map(({ file, line, column, verdict, pointer, note }) =>
      printable(`  ${file}:${line}:${column}  `).concat(colour[verdict](verdict), printable(`  ${pointer}${note === '' ? '' : `  ${note}`}`)),
    ),
  ].join('\n');
}
