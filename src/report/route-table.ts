import { printable } from './diagnostics.ts';

interface Row {
  readonly match: string;
  readonly upstream: string;
  readonly file: string;
  readonly line: number;
}

/** The routes in the order in which they are tried, each with the line that it comes from. */
export function renderRoutes(routes: readonly Row[]): string {
  const rows = routes.map(({ match, upstream, file, line }) => [match, upstream === '' ? '-' : upstream, `${file}:${line}`].map(printable));
  const widths = [0, 1].map((at) => Math.min(60, Math.max(0, ...rows.map((row) => (row[at] as string).length))));
  return rows.map((row) => row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] as number) : cell)).join('  ')).join('\n');
}
