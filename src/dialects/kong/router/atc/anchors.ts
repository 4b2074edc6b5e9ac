import type { Anchors } from '../ordered-index.ts';
import type { Expression, Predicate } from './expression.ts';

const none: Anchors = { hosts: null, paths: null };

/** What a request must have for an expression to hold: the index asks only routes that may match. Null: anything. */
export function anchorsOf(expression: Expression): Anchors {
  if (expression.kind === 'not') return none;
  if (expression.kind === 'predicate') return ofPredicate(expression);
  const parts = expression.of.map(anchorsOf);
  const pick = (key: keyof Anchors): readonly string[] | null => {
    const known = parts.map((one) => one[key]);
    // Of conditions that all must hold one is enough to look by; of alternatives each must be looked for.
    if (expression.kind === 'all') return known.find((one) => one !== null) ?? null;
    return known.includes(null) ? null : [...new Set(known.flatMap((one) => one ?? []))];
  };
  return { hosts: pick('hosts'), paths: pick('paths') };
}

function ofPredicate({ field, operator, value, lower }: Predicate): Anchors {
  if (lower || value.type !== 'String') return none;
  const { text } = value;
  if (field === 'http.host') {
    if (operator === '==') return { hosts: [`=${text}`], paths: null };
    if (operator === '=^' && text.startsWith('.')) return { hosts: [`$${text}`], paths: null };
    if (operator === '^=' && text.endsWith('.')) return { hosts: [`^${text}`], paths: null };
  }
  if (field !== 'http.path') return none;
  if (operator === '==' || operator === '^=') return { hosts: null, paths: [text] };
  if (operator !== '~' || !text.startsWith('^')) return none;
  const prefix = literalPrefix(text.slice(1));
  return prefix === '' ? none : { hosts: null, paths: [prefix] };
}

/** What every text begins with that a regular expression matches at its start; empty where that is not plain. */
export function literalPrefix(source: string): string {
  if (hasOpenChoice(source)) return '';
  let prefix = '';
  let at = 0;
  for (; at < source.length; at += 1) {
    const escaped = /^\\([^\w\s])/.exec(source.slice(at, at + 2));
    const char = escaped?.[1] ?? (source[at] as string);
    if (escaped === null && /[\\.+*?()[\]{}|^$]/.test(char)) break;
    prefix += char;
    if (escaped !== null) at += 1;
  }
  // What repeats may be there no time at all.
  return /[*?{]/.test(source[at] ?? '') ? prefix.slice(0, -1) : prefix;
}

/** Whether a `|` stands outside of all groups. In doubt: yes. */
function hasOpenChoice(source: string): boolean {
  if (!source.includes('|')) return false;
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (char === '[') return true;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth <= 0) return true;
  }
  return false;
}
