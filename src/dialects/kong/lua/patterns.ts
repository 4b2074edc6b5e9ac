import { LuaError } from './values.ts';

/** Where a pattern of Lua matched, and what its parentheses took: texts, or places for `()`. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly captures: readonly (string | number)[];
}
interface Capture {
  readonly start: number;
  /** Null while it is open. */
  end: number | null;
  readonly isPlace: boolean;
}
const mostSteps = 100_000;
const classes: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  c: /[\0-\x1f\x7f]/, // oxlint-disable-line no-control-regex -- that is what the class is
  d: /\d/,
  g: /[!-~]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[\t-\r ]/,
  u: /[A-Z]/,
  w: /[A-Za-z\d]/,
  x: /[A-Fa-f\d]/,
  z: /\0/, // oxlint-disable-line no-control-regex -- that is what the class is
};

/** Finds the first match of a pattern from `from` on (the Lua manual, section 5.4.1). @throws LuaError for what is no pattern, or takes too long. */
export function findPattern(text: string, pattern: string, from: number): PatternMatch | undefined {
  const anchored = pattern.startsWith('^');
  const matcher = new Matcher(text, pattern);
  for (let start = from; start <= text.length; start += 1) {
    const found = matcher.matchAt(start, anchored ? 1 : 0);
    if (found !== undefined) return found;
    if (anchored) return undefined;
  }
  return undefined;
}

class Matcher {
  readonly #text: string;
  readonly #pattern: string;
  #captures: Capture[] = [];
  #steps = 0;

  constructor(text: string, pattern: string) {
    this.#text = text;
    this.#pattern = pattern;
  }

  matchAt(start: number, at: number): PatternMatch | undefined {
    this.#captures = [];
    const end = this.#match(start, at, 0);
    if (end === undefined) return undefined;
    return {
      start,
      end,
      captures: this.#captures.map((one) => {
        if (one.isPlace) return one.start + 1;
        if (one.end === null) throw new LuaError('unfinished capture');
        return this.#text.slice(one.start, one.end);
      }),
    };
  }

  /** The place after a match of the pattern from `at` on, at `here`. */
  #match(here: number, at: number, depth: number): number | undefined {
    this.#steps += 1;
    if (this.#steps > mostSteps || depth > 1_000) throw new LuaError('pattern too complex');
    const pattern = this.#pattern;
    if (at >= pattern.length) return here;
    const char = pattern[at] as string;
    if (char === '(') {
      const isPlace = pattern[at + 1] === ')';
      return this.#withCapture({ start: here, end: isPlace ? here : null, isPlace }, here, at + (isPlace ? 2 : 1), depth);
    }
    if (char === ')') return this.#closeCapture(here, at + 1, depth);
    if (char === '$' && at + 1 === pattern.length) return here === this.#text.length ? here : undefined;
    if (char === '%') {
      const next = pattern[at + 1] ?? '';
      if (next === 'b') return this.#balanced(here, at, depth);
      if (next === 'f') return this.#frontier(here, at, depth);
      if (/\d/.test(next)) return this.#reference(here, at, Number(next), depth);
    }
    const end = this.#itemEnd(at);
    const times = pattern[end] ?? '';
    if (times === '?') {
      const taken = this.#fits(here, at, end) ? this.#match(here + 1, end + 1, depth + 1) : undefined;
      return taken ?? this.#match(here, end + 1, depth + 1);
    }
    if (times === '-') {
      for (let now = here; ; now += 1) {
        const found = this.#match(now, end + 1, depth + 1);
        if (found !== undefined) return found;
        if (!this.#fits(now, at, end)) return undefined;
      }
    }
    if (times === '*' || times === '+') {
      let last = here;
      while (this.#fits(last, at, end)) last += 1;
      for (let now = last; now >= here + (times === '+' ? 1 : 0); now -= 1) {
        const found = this.#match(now, end + 1, depth + 1);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    return this.#fits(here, at, end) ? this.#match(here + 1, end, depth + 1) : undefined;
  }

  #withCapture(capture: Capture, here: number, at: number, depth: number): number | undefined {
    this.#captures.push(capture);
    const found = this.#match(here, at, depth + 1);
    if (found === undefined) this.#captures.pop();
    return found;
  }

  #closeCapture(here: number, at: number, depth: number): number | undefined {
    const open = this.#captures.findLast((one) => one.end === null);
    if (open === undefined) throw new LuaError('invalid pattern capture');
    open.end = here;
    const found = this.#match(here, at, depth + 1);
    if (found === undefined) open.end = null;
    return found;
  }

  #reference(here: number, at: number, number: number, depth: number): number | undefined {
    const capture = this.#captures[number - 1];
    if (capture === undefined || capture.end === null) throw new LuaError(`invalid capture index %${number}`);
    const taken = this.#text.slice(capture.start, capture.end);
    return this.#text.startsWith(taken, here) ? this.#match(here + taken.length, at + 2, depth + 1) : undefined;
  }

  #balanced(here: number, at: number, depth: number): number | undefined {
    const [open, close] = [this.#pattern[at + 2], this.#pattern[at + 3]];
    if (open === undefined || close === undefined) throw new LuaError("malformed pattern (missing arguments to '%b')");
    if (this.#text[here] !== open) return undefined;
    let level = 1;
    for (let now = here + 1; now < this.#text.length; now += 1) {
      if (this.#text[now] === close) {
        level -= 1;
        if (level === 0) return this.#match(now + 1, at + 4, depth + 1);
      } else if (this.#text[now] === open) level += 1;
    }
    return undefined;
  }

  #frontier(here: number, at: number, depth: number): number | undefined {
    if (this.#pattern[at + 2] !== '[') throw new LuaError("missing '[' after '%f' in pattern");
    const end = this.#itemEnd(at + 2);
    const inSet = (char: string): boolean => this.#inSet(char, at + 2, end);
    if (inSet(this.#text[here - 1] ?? '\0') || !inSet(this.#text[here] ?? '\0')) return undefined;
    return this.#match(here, end, depth + 1);
  }

  /** The place after one item: a character, a class or a set. */
  #itemEnd(at: number): number {
    const pattern = this.#pattern;
    if (pattern[at] === '%') {
      if (at + 1 >= pattern.length) throw new LuaError("malformed pattern (ends with '%')");
      return at + 2;
    }
    if (pattern[at] !== '[') return at + 1;
    let now = at + (pattern[at + 1] === '^' ? 2 : 1);
    do {
      if (now >= pattern.length) throw new LuaError("malformed pattern (missing ']')");
      now += pattern[now] === '%' ? 2 : 1;
    } while (pattern[now] !== ']');
    return now + 1;
  }

  #fits(here: number, at: number, end: number): boolean {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new LuaError('pattern too complex');
    const char = this.#text[here];
    if (char === undefined) return false;
    const first = this.#pattern[at] as string;
    if (first === '.') return true;
    if (first === '%') return inClass(char, this.#pattern[at + 1] as string);
    return first === '[' ? this.#inSet(char, at, end) : first === char;
  }

  #inSet(char: string, at: number, end: number): boolean {
    const pattern = this.#pattern;
    const negated = pattern[at + 1] === '^';
    const last = end - 1;
    for (let now = at + (negated ? 2 : 1); now < last; now += 1) {
      if (pattern[now] === '%') {
        now += 1;
        if (inClass(char, pattern[now] as string)) return !negated;
      } else if (pattern[now + 1] === '-' && now + 2 < last) {
        if ((pattern[now] as string) <= char && char <= (pattern[now + 2] as string)) return !negated;
        now += 2;
      } else if (pattern[now] === char) return !negated;
    }
    return negated;
  }
}

function inClass(char: string, name: string): boolean {
  const found = classes[name.toLowerCase()];
  if (found === undefined || !Object.hasOwn(classes, name.toLowerCase())) return name === char;
  return found.test(char) === (name === name.toLowerCase());
}
