import path from 'node:path';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Origin } from '../model/origin.ts';
import type { Files } from './files.ts';

/** One directive: `name args;` or `name args { block }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly origin: Origin;
  readonly block: readonly Directive[] | null;
}

interface Token {
  readonly kind: 'word' | ';' | '{' | '}';
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Splits a file into words and punctuation. `name` is the file as it is shown. @throws DevgatewayError DG1101. */
function tokens(text: string, name: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const fail = (message: string, place = { line, column: at - lineStart + 1 }): never => {
    throw new DevgatewayError(diagnosticAt('DG1101', { file: name, ...place, pointer: '' }, message));
  };
  const step = (): void => {
    if (text[at] === '\n') {
      line += 1;
      lineStart = at + 1;
    }
    at += 1;
  };
  while (at < text.length) {
    const char = text[at] as string;
    const place = { line, column: at - lineStart + 1 };
    if (/[ \t\r\n]/.test(char)) step();
    else if (char === '#') while (at < text.length && text[at] !== '\n') step();
    else if (char === ';' || char === '{' || char === '}') {
      found.push({ kind: char, text: char, ...place });
      step();
    } else if (char === '"' || char === "'") {
      let word = '';
      step();
      for (; at < text.length && text[at] !== char; step()) word += escaped();
      if (at >= text.length) fail(`unexpected end of file, expecting ${char}`);
      step();
      if (at < text.length && !/[ \t\r\n;{)]/.test(text[at] as string)) fail(`unexpected "${text[at]}"`);
      if (text[at] === ')') step();
      found.push({ kind: 'word', text: word, ...place });
    } else {
      let word = '';
      for (; at < text.length && !/[ \t\r\n;]/.test(text[at] as string); step()) {
        // A brace ends a word, except in `${name}`.
        if (text[at] === '{' && text[at - 1] !== '$') break;
        word += escaped();
      }
      found.push({ kind: 'word', text: word, ...place });
    }
  }
  return found;

  /** A backslash keeps itself, except before quotes, itself and the letters of white space. */
  function escaped(): string {
    if (text[at] !== '\\' || at + 1 >= text.length) return text[at] as string;
    step();
    const next = text[at] as string;
    if (next === '"' || next === "'" || next === '\\') return next;
    return next === 't' ? '\t' : next === 'r' ? '\r' : next === 'n' ? '\n' : `\\${next}`;
  }
}

/** Reads the directives of a file. `include` is followed, relative to the folder of the first file, with `*` and `?` in its last part. */
export function readNginxConf(text: string, name: string, folder: string, files: Files, ledger: Ledger, prefix = '', depth = 0): Directive[] {
  const all = tokens(text, name);
  let at = 0;
  const fail = (message: string, token: Token | undefined): never => {
    const { line, column } = token ?? all.at(-1) ?? { line: 1, column: 1 };
    throw new DevgatewayError(diagnosticAt('DG1101', { file: name, line, column, pointer: '' }, message));
  };
  const directives = block(prefix, true);
  return directives;

  function block(pointer: string, top: boolean): Directive[] {
    const found: Directive[] = [];
    for (;;) {
      const first = all[at];
      if (first === undefined) {
        if (!top) fail('unexpected end of file, expecting "}"', undefined);
        return found;
      }
      at += 1;
      if (first.kind === '}') {
        if (top) fail('unexpected "}"', first);
        return found;
      }
      if (first.kind !== 'word') fail(`unexpected "${first.text}"`, first);
      const origin: Origin = { file: name, line: first.line, column: first.column, pointer: `${pointer}/${found.length}` };
      const args: string[] = [];
      while (all[at]?.kind === 'word') args.push((all[at++] as Token).text);
      const end = all[at++];
      if (end === undefined || end.kind === '}') fail(end === undefined ? 'unexpected end of file, expecting ";" or "}"' : 'unexpected "}"', end);
      if (first.text === 'include' && end?.kind === ';') found.push(...included(args[0] ?? '', origin));
      else {
        ledger.leaf(origin);
        found.push({ name: first.text, args, origin, block: end?.kind === '{' ? block(origin.pointer, false) : null });
      }
    }
  }

  function included(pattern: string, origin: Origin): Directive[] {
    ledger.settle(origin, 'mirrored', 'nginx/include');
    const wanted = path.resolve(folder, pattern);
    const globbed = /[*?[]/.test(wanted);
    const match = globbed ? glob(path.basename(wanted)) : null;
    const paths =
      match === null ? [wanted] : files.list(path.dirname(wanted)).flatMap((one) => (match.test(one) ? path.join(path.dirname(wanted), one) : []));
    return paths.flatMap((one, index) => {
      const inner = files.read(one);
      if (inner === undefined || depth > 20)
        throw new DevgatewayError(diagnosticAt('DG1205', origin, inner === undefined ? `open() "${one}" failed` : 'too many nested includes'));
      return readNginxConf(inner, files.nameOf(one), folder, files, ledger, `${origin.pointer}/${index}`, depth + 1);
    });
  }
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );
