import { compileRegex } from '../../matching/regex.ts';
import type { Regex, ValuesOptions } from './options.ts';
import { Scope, type Value } from './variables.ts';

/** A regular expression of PCRE as ours: only the names of groups and inline flags are written differently. */
export function regexOf({ source, anyCase }: Regex): RegExp {
  const insensitive = anyCase || source.startsWith('(?i)');
  return compileRegex(
    source
      .replace(/^\(\?i\)/, '')
      .replaceAll('(?P<', '(?<')
      .replaceAll("(?'", '(?<'),
    insensitive ? 'i' : '',
  );
}

export function scopeOf({ names, maps }: ValuesOptions): Scope {
  const scope = new Scope();
  for (const name of names) scope.define(name);
  // Maps may use one another, in any order: each is compiled when it is first read.
  for (const map of maps) {
    let read: Value | undefined;
    scope.define(map.name, (exchange) => (read ??= compileMap())(exchange));
    const compileMap = (): Value => {
      const from = compileValue(scope, map.from);
      const exact = new Map(map.entries.flatMap((one) => (one.exact === null ? [] : [[one.exact, compileValue(scope, one.value)] as const])));
      const regexes = map.entries.flatMap((one) =>
        one.regex === null ? [] : [{ regex: regexOf(one.regex), value: compileValue(scope, one.value) }],
      );
      const otherwise = compileValue(scope, map.otherwise);
      return (exchange) => {
        const given = from(exchange);
        return (exact.get(given.toLowerCase()) ?? regexes.find((one) => one.regex.test(given))?.value ?? otherwise)(exchange);
      };
    };
  }
  return scope;
}

export const compileValue = (scope: Scope, text: string): Value => scope.compile(text, () => undefined);
