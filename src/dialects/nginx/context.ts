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
  problem(at: Directive, code: UserErrorCode, message: string, hint = ''): void {
    this.ledger.report(diagnosticAt(code, at.origin, message, hint));
  }
}

/** Bytes of `8k`, `1m`, `1g`. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf((unit ?? '').toLowerCase());
}
