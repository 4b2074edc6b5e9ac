import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import { diagnosticAt, DevgatewayError, type Diagnostic } from '../model/error.ts';
import type { Member, Position, Scalar, Tree } from './tree.ts';

const maxProblems = 5;
const maxDepth = 200;
const maxNodes = 2_000_000;

/**
 * Reads YAML 1.2 or JSON, which is a part of it. Each document of a stream is one tree; an empty file is an empty map.
 * @throws DevgatewayError DG1101 with every problem of the text.
 */
export function parseYaml(text: string, file: string): Tree[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    prettyErrors: false,
    logLevel: 'silent',
    maxAliasCount: 100,
  } as never);
  if (!Array.isArray(documents)) return [{ kind: 'map', entries: new Map(), line: 1, column: 1 }];
  const problems: Diagnostic[] = (documents as Document.Parsed[]).flatMap((document) =>
    document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return diagnosticAt('DG1101', { file, line, column: col, pointer: '' }, `cannot be parsed: ${error.message}`, 'expected YAML or JSON');
    }),
  );
  // One broken line makes every line after it wrong: the first findings are the ones to mend.
  const [first, ...rest] = problems.slice(0, maxProblems);
  if (first !== undefined) throw new DevgatewayError([first, ...rest]);
  return (documents as Document.Parsed[])
    .filter((document) => document.contents !== null)
    .map((document) => new Reader(document, lines, file).read());
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #file: string;
  #nodes = 0;

  constructor(document: Document.Parsed, lines: LineCounter, file: string) {
    this.#document = document;
    this.#lines = lines;
    this.#file = file;
  }

  read(): Tree {
    return this.#tree(this.#document.contents as Node, 0);
  }

  #at(node: { range?: readonly [number, number, number] | null | undefined } | null): Position {
    if (!node?.range) return { line: 0, column: 0 };
    const { line, col } = this.#lines.linePos(node.range[0]);
    return { line, column: col };
  }

  #tree(node: Node | null, depth: number): Tree {
    this.#nodes += 1;
    if (depth > maxDepth || this.#nodes > maxNodes) {
      throw new DevgatewayError(
        diagnosticAt(
          'DG1101',
          { file: this.#file, ...this.#at(node as never), pointer: '' },
          'is too deeply nested or too large',
          `expected at most ${maxDepth} levels`,
        ),
      );
    }
    const place = this.#at(node as never);
    if (isAlias(node)) return { ...this.#tree((node.resolve(this.#document) as Node | undefined) ?? null, depth + 1), ...place };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.#tree(item as Node, depth + 1)), ...place };
    if (isMap(node)) {
      const entries = new Map<string, Member>();
      for (const pair of node.items) {
        const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
        const value = this.#tree(pair.value as Node | null, depth + 1);
        if (key === '<<') for (const merged of value.kind === 'list' ? value.items : [value]) mergeInto(entries, merged);
        else entries.set(key, { value, ...this.#at(pair.key as never) });
      }
      return { kind: 'map', entries, ...place };
    }
    const value = isScalar(node) ? node.value : null;
    return {
      kind: 'scalar',
      value: (typeof value === 'bigint' ? Number(value) : value instanceof Date ? value.toISOString() : value) as Scalar,
      ...place,
    };
  }
}

/** YAML's merge key: what stands in the map itself wins. */
function mergeInto(entries: Map<string, Member>, from: Tree): void {
  if (from.kind !== 'map') return;
  for (const [key, member] of from.entries) if (!entries.has(key)) entries.set(key, member);
}
