import { unicode } from './regex-delimited.ts';

/**
 * Whether a group that repeats without bound has alternatives that can begin with the same character, such as `(a|aa)+`: a text
 * can then be divided in exponentially many ways. Only characters of latin1 are compared, which is what a message is made of.
 */
export function overlappingAlternatives(source: string): boolean {
  const open: { alternatives: string[]; start: number }[] = [];
  let inClass = false;
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] as string;
    const group = open.at(-1);
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') open.push({ alternatives: [], start: at + 1 });
    else if (char === '|' && group !== undefined) {
      group.alternatives.push(source.slice(group.start, at));
      group.start = at + 1;
    } else if (char === ')' && group !== undefined) {
      open.pop();
      const all = [...group.alternatives, source.slice(group.start, at)];
      if (all.length > 1 && /^(?:[*+]|\{\d+,\})/.test(source.slice(at + 1)) && overlap(all)) return true;
    }
  }
  return false;
}

/** The first atom of an alternative: a class, an escape or a character; of a group, whatever it begins with cannot be told. */
const firstAtom = /^(?:\?(?:[:=!]|<[=!]?)(?:\w+>)?)?(\[\^?(?:\\.|[^\]\\])+\]|\\(?:u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|p\{[^}]*\}|.)|[^()[\]\\])/i;

function overlap(alternatives: readonly string[]): boolean {
  const begins = alternatives.map((one) => {
    const atom = firstAtom.exec(one)?.[1];
    try {
      return atom === undefined ? /[^]/ : new RegExp(`^${atom}$`, unicode.test(atom) ? 'u' : '');
    } catch {
      return /[^]/;
    }
  });
  for (let code = 0; code < 256; code += 1) if (begins.filter((one) => one.test(String.fromCharCode(code))).length > 1) return true;
  return false;
}
