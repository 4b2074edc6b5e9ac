import { isDelimited } from './regex-delimited.ts';
import { overlappingAlternatives } from './regex-alternatives.ts';

/** Why a regular expression from a configuration is not run, or undefined where it may be. */
export function unsafeRegex(source: string): string | undefined {
  if (source.length > 2_000) return 'it is longer than 2000 characters';
  if (nestedQuantifier(source)) return 'a repeated group that itself repeats can take exponential time';
  return overlappingAlternatives(source) ? 'a repeated choice whose alternatives begin alike can take exponential time' : undefined;
}

/** A group with an unbounded repetition inside that is repeated without bound itself, such as `(a+)+`, and whose passes nothing tells apart. */
function nestedQuantifier(source: string): boolean {
  const groups: { readonly start: number; repeats: boolean }[] = [];
  let inClass = false;
  let closed: { readonly body: string; readonly repeats: boolean } | null = null;
  const mark = (): void => {
    const group = groups.at(-1);
    if (group !== undefined) group.repeats = true;
  };
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] as string;
    const was = closed;
    closed = null;
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') groups.push({ start: at + 1, repeats: false });
    else if (char === ')') {
      const group = groups.pop();
      closed = group === undefined ? null : { body: source.slice(group.start, at), repeats: group.repeats };
      // A group counts for the one around it, repeated or not.
      if (closed?.repeats === true) mark();
    } else if (char === '+' || char === '*' || (char === '{' && /^\{\d+,\}/.test(source.slice(at)))) {
      if (was?.repeats === true && !isDelimited(was.body)) return true;
      mark();
    }
  }
  return false;
}

/** Compiles a regular expression from a configuration. @throws SyntaxError where it is none, or is not safe to run. */
export function compileRegex(source: string, flags = ''): RegExp {
  const why = unsafeRegex(source);
  if (why !== undefined) throw new SyntaxError(`the regular expression ${JSON.stringify(source)} is not run: ${why}`);
  return new RegExp(source, flags);
}
