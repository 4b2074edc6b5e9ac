import path from 'node:path';
import type { Diagnostic } from '../model/error.ts';
import type { Ledger } from '../model/ledger.ts';
import { standardInput } from './files.ts';
import { Setting } from './setting.ts';
import { treeOf, type Tree } from './tree.ts';
import { parseYaml } from './yaml.ts';

/** One configuration file as text, parsed when it is first asked for; or an object given in code. */
export class Source {
  /** As it is shown. */
  readonly name: string;
  /** Empty for an object given in code. */
  readonly absolute: string;
  readonly text: string;
  #trees: Tree[] | undefined;
  #lastOfEach: { readonly tree: Tree; readonly repeated: readonly Diagnostic[] } | undefined;

  readonly folder: string;

  constructor(name: string, absolute: string, text: string, folder: string = absolute === '' ? '' : path.dirname(absolute)) {
    this.name = name;
    this.absolute = absolute;
    this.text = text;
    this.folder = folder;
  }

  /** `folder`: what relative paths in it count from. */
  static inline(value: object, folder: string): Source {
    const source = new Source('inline', '', '', folder);
    source.#trees = [treeOf(value)];
    return source;
  }

  /** What a module exported. There are no places in it. */
  static program(name: string, absolute: string, value: object): Source {
    const source = new Source(name, absolute, '');
    source.#trees = [treeOf(value)];
    return source;
  }

  /** Lower-case, with the dot; `.yaml` for an object given in code, and for standard input. */
  get extension(): string {
    return this.absolute === '' || this.basename === standardInput ? '.yaml' : path.extname(this.absolute).toLowerCase();
  }
  get basename(): string {
    return path.basename(this.absolute);
  }

  /** The documents of a YAML or JSON file. @throws DevgatewayError DG1101. */
  trees(): readonly Tree[] {
    return (this.#trees ??= parseYaml(this.text, this.name));
  }

  /** The first document, in which the last of a key that stands in a map twice counts; `repeated` says where that is. @throws DevgatewayError DG1101. */
  lastOfEach(): { readonly tree: Tree; readonly repeated: readonly Diagnostic[] } {
    if (this.#lastOfEach === undefined) {
      const repeated: Diagnostic[] = [];
      const trees = this.#trees ?? parseYaml(this.text, this.name, repeated);
      this.#lastOfEach = { tree: trees[0] ?? treeOf({}), repeated };
    }
    return this.#lastOfEach;
  }

  /** The first document as settings. `by` names the reader in the ledger. */
  settings(ledger: Ledger, by: string): Setting {
    return Setting.root(this.trees()[0] ?? treeOf({}), this.name, ledger, by);
  }
}
