import type { Directive } from '../../sources/nginx-conf.ts';
import type { Condition, Instruction, Regex } from './options.ts';

/** Instructions of the rewrite module, in the order of the block. `routeOf` names the route of an `if` block. */
export function readScript(directives: readonly Directive[], routeOf: (block: Directive) => string): Instruction[] {
  return directives.flatMap((one): Instruction[] => {
    const [first = '', second = '', third = ''] = one.args;
    switch (one.name) {
      case 'set':
        return [{ do: 'set', name: first.replace(/^\$/, ''), value: second }];
      case 'break':
        return [{ do: 'break' }];
      case 'return':
        return [
          /^\d{3}$/.test(first) ? { do: 'return', status: Number(first), text: one.args[1] ?? null } : { do: 'return', status: 302, text: first },
        ];
      case 'rewrite':
        return [{ do: 'rewrite', regex: { source: first, anyCase: false }, to: second, flag: flagOf(third) }];
      case 'if':
        return [{ do: 'if', when: readCondition(one.args), inside: readScript(one.block ?? [], routeOf), route: routeOf(one) }];
      default:
        return [];
    }
  });
}

const flagOf = (text: string): '' | 'last' | 'break' | 'redirect' | 'permanent' =>
  text === 'last' || text === 'break' || text === 'redirect' || text === 'permanent' ? text : '';

/** `($a = b)`, `($a ~* re)`, `(-f $a)`, `($a)`: parentheses may stand apart. */
function readCondition(args: readonly string[]): Condition {
  const words = [...args];
  if (words[0] !== undefined) words[0] = words[0].replace(/^\(/, '');
  const last = words.at(-1);
  // The closing parenthesis of the condition, not one of a regular expression.
  if (last?.endsWith(')') && count(last, ')') > count(last, '(')) words[words.length - 1] = last.slice(0, -1);
  const [first = '', second = '', third = ''] = words.filter((word, index) => word !== '' || index >= 2);
  const file = /^(!?)-([fdex])$/.exec(first);
  if (file !== null) return { test: file[2] === 'f' ? 'file' : file[2] === 'd' ? 'folder' : 'exists', value: second, not: file[1] === '!' };
  if (second === '') return { test: 'set', value: first };
  if (second === '=' || second === '!=') return { test: 'equals', value: first, other: third, not: second === '!=' };
  return { test: 'matches', value: first, regex: { source: third, anyCase: second.endsWith('*') }, not: second.startsWith('!') };
}

const count = (text: string, char: string): number => text.replaceAll(/\\./g, '').split(char).length - 1;

/** `location ~* re` and its kin: how and what it matches. */
export function readPattern(args: readonly string[]): { mode: 'exact' | 'prefix' | 'final' | 'regex'; pattern: string; regex: Regex | null } {
  const [modifier, pattern] = args.length > 1 ? [args[0] as string, args[1] as string] : split(args[0] ?? '');
  if (modifier === '~' || modifier === '~*') return { mode: 'regex', pattern, regex: { source: pattern, anyCase: modifier === '~*' } };
  return { mode: modifier === '=' ? 'exact' : modifier === '^~' ? 'final' : 'prefix', pattern, regex: null };
}

/** `=/a` and `~*\.png$` need no space. */
function split(text: string): [string, string] {
  const match = /^(=|\^~|~\*|~)(.*)$/.exec(text);
  return match === null ? ['', text] : [match[1] as string, match[2] as string];
}
