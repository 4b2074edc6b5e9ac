import type { Ledger } from '../../model/ledger.ts';
import { diagnosticAt, type UserErrorCode } from '../../model/error.ts';
import type { Directive } from '../../sources/nginx-conf.ts';

/** A block and the blocks around it. **Asking for a directive settles it** as mirrored. */
export class Context {
  readonly directives: readonly Directive[];
  readonly outer: Context | null;
  readonly ledger: Ledger;
  readonly by: string;

  constructor(directives: readonly Directive[], outer: Context | null, ledger: Ledger, by: string) {
    this.directives = directives;
    this.outer = outer;
    this.ledger = ledger;
    this.by = by;
  }

  /** Of this level alone. */
  own(...names: string[]): Directive[] {
    const found = this.directives.filter((one) => names.includes(one.name));
    for (const one of found) this.ledger.settle(one.origin, 'mirrored', this.by);
    return found;
  }
  /** Of the nearest level that has any: lists are never merged. */
  inherited(...names: string[]): Directive[] {
    const found = this.own(...names);
    return found.length > 0 || this.outer === null ? found : this.outer.inherited(...names);
  }
  word(name: string, otherwise: string): string {
    return this.inherited(name).at(-1)?.args[0] ?? otherwise;
  }
  flag(name: string, otherwise: boolean): boolean {
    const found = this.inherited(name).at(-1);
    if (found === undefined) return otherwise;
    const value = found.args[0]?.toLowerCase();
    if (value !== 'on' && value !== 'off')
      this.problem(found, 'DG1203', `invalid value "${found.args[0] ?? ''}" in "${name}" directive`, 'it must be "on" or "off"');
    return value === 'on';
  }
  /** A time in ms. */
  time(name: string, otherwise: number): number {
    const found = this.inherited(name).at(-1);
    if (found === undefined) return otherwise;
    const value = millisecondsOf(found.args[0] ?? '');
    if (value === undefined) this.problem(found, 'DG1203', `"${name}" directive invalid value`, 'expected a time such as 60s or 500ms');
    return value ?? otherwise;
  }
  problem(at: Directive, code: UserErrorCode, message: string, hint = ''): void {
    this.ledger.report(diagnosticAt(code, at.origin, message, hint));
  }
}

/** Milliseconds of `500ms`, `60s`, `1m`, `1h`, `1d`, `60`; undefined for none of these. */
export function millisecondsOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * { ms: 1, '': 1_000, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's'];
}

/** Bytes of `8k`, `1m`, `1g`. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf((unit ?? '').toLowerCase());
}
