import path from 'node:path';
import { isUserError } from '../../../model/error.ts';
import { isModule } from '../../module-source.ts';
import { escapePointer, located, plain, treeOf, type Tree } from '../../tree.ts';
import { parseYaml } from '../../yaml.ts';
import { moduleValue } from './module-value.ts';
import type { Found, Resolver } from './resolve.ts';

/** The files that the variables of one configuration name, each read once. */
export class VariableFiles {
  readonly #resolver: Resolver;
  readonly #texts = new Map<string, string | undefined>();
  readonly #contents = new Map<string, Tree | undefined>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** The text of a file; undefined where there is none. */
  text(location: string): string | undefined {
    const { files, folder, ledger } = this.#resolver.context;
    const absolute = path.resolve(folder, location);
    return once(this.#texts, absolute, () => {
      try {
        return files.read(absolute);
      } catch (error) {
        if (!isUserError(error)) throw error;
        for (const one of error.diagnostics) ledger.report(one);
        return undefined;
      }
    });
  }

  /**
   * What stands at keys in a file, located in it. YAML and JSON are data, a module says what it exports, the rest is text.
   * Undefined where there is nothing.
   */
  at(location: string, keys: readonly string[], at: Tree): Found | undefined {
    const text = this.text(location);
    if (text === undefined) return undefined;
    const absolute = path.resolve(this.#resolver.context.folder, location);
    if (isModule(absolute) && !this.#contents.has(absolute)) {
      const part = once(this.#contents, `${absolute}:${keys.join('.')}`, () => this.#exported(absolute, keys, at));
      // A module without functions says all at once.
      if (!this.#contents.has(absolute)) return part && this.#resolver.at(part, []);
    }
    const content = once(this.#contents, absolute, () => this.#parsed(absolute, text));
    return content && this.#resolver.at(content, keys);
  }

  #parsed(absolute: string, text: string): Tree | undefined {
    const { files, ledger } = this.#resolver.context;
    const name = files.nameOf(absolute);
    try {
      const isData = /\.(?:ya?ml|json|tfstate)$/i.test(absolute);
      const tree: Tree | undefined = isData ? parseYaml(text, name)[0] : { kind: 'scalar', value: text, line: 1, column: 1 };
      return tree && located(tree, { file: name, line: 1, column: 1, pointer: '' });
    } catch (error) {
      if (!isUserError(error)) throw error;
      for (const one of error.diagnostics) ledger.report(one);
      return undefined;
    }
  }

  #exported(absolute: string, keys: readonly string[], at: Tree): Tree | undefined {
    const { files, stage, given, env } = this.#resolver.context;
    const resolver = this.#resolver;
    const name = files.nameOf(absolute);
    const property = (path: readonly string[]): unknown => {
      const found = resolver.at(resolver.root, path);
      return found && plain(resolver.whole(found.tree));
    };
    const answer = moduleValue({ absolute, keys, options: { ...given, ...(stage === undefined ? {} : { stage }) }, env, property });
    if ('error' in answer) {
      resolver.refuse(at, `${name} cannot be run: ${answer.error}`, 'expected a module that node can run');
      return undefined;
    }
    for (const file of answer.files) if (!file.includes('node_modules') && file !== absolute) files.read(file);
    if (answer.text === undefined) return undefined;
    const pointer = answer.isWhole ? '' : keys.map((key) => `/${escapePointer(key)}`).join('');
    const tree = located(treeOf(JSON.parse(answer.text)), { file: name, line: 1, column: 1, pointer });
    if (answer.isWhole) this.#contents.set(absolute, tree);
    return tree;
  }
}

function once<T>(known: Map<string, T>, key: string, make: () => T): T {
  if (known.has(key)) return known.get(key) as T;
  const made = make();
  known.set(key, made);
  return made;
}
