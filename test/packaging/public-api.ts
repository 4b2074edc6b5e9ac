import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Top-level statements of a declaration file, without comments: they begin at the left margin, and what closes them stands there too. */
const statementsOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*(?:\/\/.*)?\n/gm, '')
    .split(/^(?=[a-z])/m)
    .map((one) => one.trimEnd());

const nameOf = (statement: string): string | undefined =>
  /^export (?:declare )?(?:abstract )?(?:interface|type|const|function|class) (\w+)/.exec(statement)?.[1];

const isImport = (statement: string): boolean => statement.startsWith('import ') || statement === '';
const taken = /^(?:ex|im)port (?:type )?(?:\{([^}]*)\}|\*)(?: from '([^']+)')?;$/;
const namesIn = (list: string): string[] => [...list.matchAll(/(?:type )?(\w+)/g)].map((match) => match[1] as string);

/** The declarations that an entry exports, its own and those that it takes from other files, sorted. */
export function publicApiOf(entry: string): string[] {
  const statements = statementsOf(entry);
  const sourceOf = (name: string): string | undefined =>
    statements
      .filter(isImport)
      .map((one) => taken.exec(one))
      .find((match) => match !== null && namesIn(match[1] ?? '').includes(name))?.[2];
  const declared = (name: string, specifier: string | undefined): string[] => {
    const found = specifier === undefined ? [] : statementsIn(entry, specifier).filter((one) => nameOf(one) === name);
    if (found.length === 0) throw new Error(`${entry} exports ${name}, which ${specifier ?? 'no file'} declares`);
    return found;
  };
  return statements
    .filter((one) => !isImport(one))
    .flatMap((statement) => {
      const match = taken.exec(statement);
      if (match === null) return [statement];
      const [, list, specifier] = match;
      if (list === undefined) return statementsIn(entry, specifier ?? '').filter((one) => nameOf(one) !== undefined);
      return namesIn(list).flatMap((name) => declared(name, specifier ?? sourceOf(name)));
    })
    .sort();
}

const statementsIn = (entry: string, specifier: string): string[] =>
  statementsOf(path.resolve(path.dirname(entry), specifier.replace(/\.(?:ts|js)$/, '.d.ts')));
