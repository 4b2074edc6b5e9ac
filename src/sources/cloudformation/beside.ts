import path from 'node:path';
import type { Ledger } from '../../model/ledger.ts';
import type { Files } from '../files.ts';
import { Setting } from '../setting.ts';
import type { Source } from '../source.ts';
import { located, treeOf, type Tree } from '../tree.ts';
import { parseYaml } from '../yaml.ts';

export const originOf = (file: string): { readonly file: string; readonly line: number; readonly column: number; readonly pointer: string } => ({
  file,
  line: 1,
  column: 1,
  pointer: '',
});

/** Opens files by a path beside the template. What is in a bucket is taken from beside the template too, where a file of that name lies there. */
export function filesBeside({ folder }: Source, files: Files, ledger: Ledger, by: string): (location: string) => Tree | undefined {
  const opened = new Map<string, Tree>();
  return (location) => {
    const local = /^[a-z][\w+.-]*:\/\//i.test(location) ? (/\/([^/?#]+)(?:[?#].*)?$/.exec(location)?.[1] ?? '') : location;
    if (local === '') return undefined;
    const absolute = path.resolve(folder, local);
    const known = opened.get(absolute);
    if (known !== undefined) return known;
    if (files.isFolder(absolute)) return undefined;
    const text = files.read(absolute);
    if (text === undefined) return undefined;
    const name = files.nameOf(absolute);
    const tree = located(parseYaml(text, name)[0] ?? treeOf({}), originOf(name));
    Setting.root(tree, name, ledger, by);
    opened.set(absolute, tree);
    return tree;
  };
}
