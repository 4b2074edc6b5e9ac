import { compileRegex } from '../../../matching/regex.ts';

const classes: Readonly<Record<string, string>> = {
  a: 'A-Za-z',
  c: '\\x00-\\x1f\\x7f',
  d: '\\d',
  g: '!-~',
  l: 'a-z',
  p: '!-/:-@\\[-`{-~',
  s: '\\t-\\r ',
  u: 'A-Z',
  w: 'A-Za-z\\d',
  x: '\\dA-Fa-f',
};

/** A pattern of Lua as a regular expression. @throws SyntaxError for `%b` and `%f`, which have none, and where it is not safe to run */
export function compileLuaPattern(pattern: string): RegExp {
  let out = '';
  let at = 0;
  let inSet = false;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    at += 1;
    if (char === '%') {
      const name = pattern[at] ?? '';
      at += 1;
      if (name === 'b' || name === 'f' || name === '') throw new SyntaxError(`%${name} is not understood`);
      out += ofClass(name, inSet);
    } else if (inSet) {
      if (char === ']') inSet = false;
      out += char === '\\' || char === '[' ? `\\${char}` : char;
    } else if (char === '[') {
      inSet = true;
      const opened = /^\^?\]?/.exec(pattern.slice(at))?.[0] ?? '';
      out += `[${opened.replace(']', '\\]')}`;
      at += opened.length;
    } else if (char === '-') out += '*?';
    else if (char === '.') out += '[^]';
    else if (char === '^') out += at === 1 ? '^' : '\\^';
    else if (char === '$') out += at === pattern.length ? '$' : '\\$';
    else out += /[\\{}|/]/.test(char) ? `\\${char}` : char;
  }
  return compileRegex(out);
}

function ofClass(name: string, inSet: boolean): string {
  const known = classes[name.toLowerCase()];
  if (known === undefined) return name.replace(/[^A-Za-z\d]/, '\\$&');
  if (name === name.toLowerCase()) return inSet ? known : `[${known}]`;
  if (inSet) throw new SyntaxError(`%${name} within a set is not understood`);
  return `[^${known}]`;
}
