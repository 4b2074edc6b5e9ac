import { diagnosticAt, type UserErrorCode } from '../../../model/error.ts';
import type { Ledger } from '../../../model/ledger.ts';
import { mapTree, type Tree } from '../../../sources/tree.ts';
import type { Source } from '../../../sources/source.ts';
import { parseYaml } from '../../../sources/yaml.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Value = string | number | boolean;

/** As in Go's templates, `${{- ` and ` -}}` take the white space beside them. */
const command = /(?:\s*\$\{\{-\s|\$\{\{)(.*?)(?:\s-\}\}\s*|\}\})/gs;

/**
 * A file with decK's `${{ env "DECK_X" }}` filled in, as text, before it is YAML: a value may be a number or several lines.
 * Source: go-database-reconciler, pkg/file/template.go.
 */
export function deckTree(source: Source, env: Env, ledger: Ledger): Tree | undefined {
  if (!source.text.includes('${{')) return source.trees()[0];
  const added: { readonly line: number; readonly more: number }[] = [];
  const text = source.text.replaceAll(command, (whole, inner: string, start: number) => {
    const [expression, offset] = [inner.trim(), start + whole.indexOf('$')];
    const before = source.text.slice(0, offset);
    const line = before.split('\n').length;
    const origin = { file: source.name, line, column: offset - before.lastIndexOf('\n'), pointer: '' };
    try {
      const value = String(evaluate(expression, env));
      const more = value.split('\n').length - whole.split('\n').length;
      if (more !== 0) added.push({ line, more });
      return value;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      ledger.report(diagnosticAt(error.code, origin, error.message, error.hint, error.code === 'DG1205' ? 'warning' : 'error'));
      return error.instead;
    }
  });
  const tree = parseYaml(text, source.name)[0];
  // Places are those of the user's own text: what a value added in lines is taken off again.
  const lineOf = (line: number): number => {
    let shown = line;
    for (const one of added) if (shown > one.line) shown = Math.max(one.line, shown - one.more);
    return shown;
  };
  return tree === undefined || added.length === 0 ? tree : mapTree(tree, (value) => value, lineOf);
}

/** `instead`: what stands there for the rest of the reading. */
class TemplateError extends Error {
  readonly code: UserErrorCode;
  readonly hint: string;
  readonly instead: string;
  constructor(code: UserErrorCode, message: string, hint: string, instead = '') {
    super(message);
    this.code = code;
    this.hint = hint;
    this.instead = instead;
  }
}

const token = /\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|([A-Za-z]\w*)|(-?\d+)|([|()]))/y;
type Token = { readonly text: string } | { readonly number: number } | { readonly word: string } | { readonly sign: string };

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  while (expression.slice(token.lastIndex).trim() !== '') {
    const match = token.exec(expression);
    if (match === null) throw notUnderstood(expression);
    const [, quoted, raw, word, number, sign] = match;
    if (quoted !== undefined) found.push({ text: unquoted(quoted) ?? raise(notUnderstood(expression)) });
    else if (raw !== undefined) found.push({ text: raw });
    else if (word !== undefined) found.push({ word });
    else if (number !== undefined) found.push({ number: Number(number) });
    else found.push({ sign: sign as string });
  }
  return found;
}

const notUnderstood = (expression: string): TemplateError =>
  new TemplateError(
    'DG1208',
    `\${{ ${expression} }} is not understood`,
    'expected ${{ env "DECK_NAME" }}, with | toInt, toFloat, toBool or indent N',
  );

/** A pipeline: `env "DECK_X" | indent 8`, or with parentheses. Each function gets what was piped as its last argument. */
function evaluate(expression: string, env: Env): Value {
  const all = tokens(expression);
  let at = 0;
  const sign = (wanted: string): boolean => {
    const next = all[at];
    if (next === undefined || !('sign' in next) || next.sign !== wanted) return false;
    at += 1;
    return true;
  };
  const pipeline = (depth: number): Value => {
    if (depth > 50) throw notUnderstood(expression);
    let value: Value | undefined;
    do value = one(value, depth);
    while (sign('|'));
    return value;
  };
  const argument = (depth: number): Value | undefined => {
    if (sign('(')) {
      const value = pipeline(depth + 1);
      if (!sign(')')) throw notUnderstood(expression);
      return value;
    }
    const next = all[at];
    if (next === undefined || 'sign' in next || 'word' in next) return undefined;
    at += 1;
    return 'text' in next ? next.text : next.number;
  };
  const one = (piped: Value | undefined, depth: number): Value => {
    const next = all[at];
    const name = next !== undefined && 'word' in next ? next.word : undefined;
    if (name !== undefined) at += 1;
    const given: Value[] = [];
    for (let value = argument(depth); value !== undefined; value = argument(depth)) given.push(value);
    if (piped !== undefined) given.push(piped);
    if (name === undefined && given.length === 1) return given[0] as Value;
    return call(name ?? '', given, env) ?? raise(notUnderstood(expression));
  };
  const value = pipeline(0);
  if (at < all.length) throw notUnderstood(expression);
  return value;
}

function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

const raise = (error: Error): never => {
  throw error;
};

function call(name: string, given: readonly Value[], env: Env): Value | undefined {
  const text = String(given.at(-1) ?? '');
  if (given.length !== (name === 'indent' ? 2 : 1)) return undefined;
  switch (name) {
    case 'env':
      if (!text.startsWith('DECK_'))
        throw new TemplateError('DG1203', `the variable ${text} is not decK's`, 'decK reads variables whose names begin with DECK_');
      return (
        env[text] ??
        raise(
          new TemplateError(
            'DG1205',
            `the variable ${text} is not set: its name stands in its place`,
            'set it, or name a file with --env-file',
            text,
          ),
        )
      );
    case 'toBool':
      return /^(?:1|t|T|TRUE|true|True)$/.test(text) || (/^(?:0|f|F|FALSE|false|False)$/.test(text) ? false : raise(wrong(text, 'true or false')));
    case 'toInt':
      return /^[-+]?\d+$/.test(text) ? Number(text) : raise(wrong(text, 'a whole number'));
    case 'toFloat':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : raise(wrong(text, 'a number'));
    case 'indent':
      return text.replaceAll('\n', `\n${' '.repeat(Math.min(100, Math.max(0, Number(given[0]) || 0)))}`);
    default:
      return undefined;
  }
}

const wrong = (text: string, expected: string): TemplateError =>
  new TemplateError('DG1202', `the value ${JSON.stringify(text)} of a variable is wrong`, `expected ${expected}`);
