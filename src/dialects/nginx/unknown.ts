import { diagnosticAt } from '../../model/error.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Directive } from '../../sources/nginx-conf.ts';
import { didYouMean } from '../../sources/setting.ts';
import { directiveNames } from './directive-names.ts';

/** Blocks of modules that are often built in; nothing in them concerns HTTP. */
const otherWorlds: ReadonlySet<string> = new Set(['stream', 'mail']);
/** Blocks that hold values and no directives. */
const tables: ReadonlySet<string> = new Set(['map', 'geo', 'types', 'split_clients', 'charset_map']);

/**
 * Reports what nginx would not start with. A name that is nearly one of its own is a mistake; any other may come with a newer release or a
 * module, and is only pointed out. With `load_module` nobody can know.
 */
export function reportUnknown(directives: readonly Directive[], ledger: Ledger): void {
  if (directives.some(({ name }) => name === 'load_module')) return;
  look(directives, ledger);
}

function look(directives: readonly Directive[], ledger: Ledger): void {
  for (const { name, origin, block } of directives) {
    if (otherWorlds.has(name)) continue;
    if (directiveNames.has(name)) {
      if (block !== null && !tables.has(name)) look(block, ledger);
      continue;
    }
    const near = didYouMean(name, [...directiveNames]);
    const hint = near === '' ? 'nginx 1.22 does not know it: nothing is made of it here' : `expected a directive of nginx${near}`;
    ledger.report(diagnosticAt('DG1201', origin, `unknown directive "${name}"`, hint, near === '' ? 'warning' : 'error'));
  }
}
