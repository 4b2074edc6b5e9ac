import path from 'node:path';
import { isUserError } from '../../../model/error.ts';
import { located, type Tree } from '../../tree.ts';
import { parseYaml } from '../../yaml.ts';
import type { Resolver } from './resolve.ts';

/** The content of a file that a variable names, located in it; undefined where there is none. YAML and JSON are data, the rest is text. */
export function openedFile(location: string, resolver: Resolver): Tree | undefined {
  const { files, folder, ledger } = resolver.context;
  const absolute = path.resolve(folder, location);
  if (resolver.opened.has(absolute)) return resolver.opened.get(absolute);
  const name = files.nameOf(absolute);
  const read = (): Tree | undefined => {
    const text = files.read(absolute);
    if (text === undefined) return undefined;
    const isData = /\.(?:ya?ml|json|tfstate)$/i.test(absolute);
    const tree = isData ? parseYaml(text, name)[0] : ({ kind: 'scalar', value: text, line: 1, column: 1 } as const);
    return tree && located(tree, { file: name, line: 1, column: 1, pointer: '' });
  };
  let tree: Tree | undefined;
  try {
    tree = read();
  } catch (error) {
    if (!isUserError(error)) throw error;
    for (const one of error.diagnostics) ledger.report(one);
  }
  resolver.opened.set(absolute, tree);
  return tree;
}
