import type { Diagnostic } from '../model/error.ts';
import type { Paint } from './paint.ts';

const around = 2;

/** Findings as compilers print them: place, code, what is wrong, the user's own lines, what was expected. */
export function renderDiagnostics(found: readonly Diagnostic[], textOf: (file: string) => string | undefined, paint: Paint): string {
  return found.map((one) => renderDiagnostic(one, textOf(one.file), paint)).join('\n\n');
}

function renderDiagnostic(one: Diagnostic, text: string | undefined, paint: Paint): string {
  const place = one.file === '' ? '' : `${one.file}${one.line > 0 ? `:${one.line}:${one.column}` : ''}  `;
  const severity = one.severity === 'error' ? paint.red(`error ${one.code}`) : paint.yellow(`warning ${one.code}`);
  const lines = [`${paint.bold(place)}${severity}  ${printable(one.message)}`];
  if (text !== undefined && one.line > 0) lines.push(...frame(text, one, paint));
  if (one.hint !== '') lines.push(`  ${paint.dim('=')} ${printable(one.hint)}`);
  return lines.join('\n');
}

function frame(text: string, { line, column }: Diagnostic, paint: Paint): string[] {
  const all = text.split(/\r?\n/);
  if (line > all.length) return [];
  const last = Math.min(all.length, line + around);
  const width = String(last).length;
  const shown: string[] = [];
  for (let at = Math.max(1, line - around); at <= last; at += 1) {
    const own = (all[at - 1] as string).slice(0, 160);
    shown.push(`${at === line ? paint.red('>') : ' '} ${paint.dim(`${String(at).padStart(width)} |`)} ${printable(own)}`);
    if (at !== line) continue;
    // Tabs stay tabs, so that the caret stands below its letter however wide the terminal draws them.
    const before = own.slice(0, Math.max(0, column - 1)).replaceAll(/[^\t]/g, ' ');
    shown.push(`  ${' '.repeat(width)} ${paint.dim('|')} ${before}${paint.red('^')}`);
  }
  return shown;
}

/** A configuration may hold anything; a terminal must not obey it. */
// oxlint-disable-next-line no-control-regex
export const printable = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
