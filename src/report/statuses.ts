import type { Paint } from './paint.ts';
import { printable } from './diagnostics.ts';

interface Subject {
  readonly subject: string;
  readonly part: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly wanted: boolean;
    readonly file: string;
    readonly line: number;
  }[];
}

/** How many things are as they should be, and every condition that is not. */
export function renderStatuses(statuses: readonly Subject[], paint: Paint): string {
  const wrong = statuses.filter(({ conditions }) => conditions.some((one) => !one.wanted));
  const count = `statuses: ${statuses.length - wrong.length} as they should be, ${wrong.length} not`;
  return wrong.length === 0 ? count : `${count}\n${paint.yellow(renderConditions(wrong))}`;
}

/** The conditions that are not as they should be, a line each. */
export const renderConditions = (statuses: readonly Subject[]): string =>
  statuses
    .flatMap(({ subject, part, conditions }) =>
      conditions
        .filter((one) => !one.wanted)
        .map(({ type, status, reason, message, file, line }) =>
          printable(`  ${file}:${line}  ${subject}${part === '' ? '' : `, ${part}`}  ${type} ${status}  ${reason}: ${message}`),
        ),
    )
    .join('\n');
