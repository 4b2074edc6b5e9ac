import { printable } from './diagnostics.ts';

interface Row {
  readonly match: string;
  readonly upstream: string;
  readonly parent?: string;
  readonly file: string;
  readonly line: number;
}

/** The routes in the order in which they are tried, each with what it is attached to, where it is to something, and the line that it comes from. */
export function renderRoutes(routes: readonly Row[]): string {
  const attached = routes.some(({ parent }) => parent !== undefined);
  const rows = routes.map(({ match, upstream, parent = '-', file, line }) =>
    [match, upstream === '' ? '-' : upstream, ...(attached ? [parent] : []), `${file}:${line}`].map(printable),
  );
  const last = attached ? 3 : 2;
  const widths = Array.from({ length: last }, (_, at) => Math.min(60, Math.max(0, ...rows.map((row) => (row[at] as string).length))));
  return rows.map((row) => row.map((cell, at) => (at < last ? cell.padEnd(widths[at] as number) : cell)).join('  ')).join('\n');
}
