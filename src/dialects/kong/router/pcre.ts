import { compileRegex } from '../../../matching/regex.ts';

/**
 * A regular expression of the traditional router: PCRE over bytes, tied to the start by the option `a` of ngx.re, so that every
 * alternative is. What only PCRE has is refused. @throws SyntaxError
 */
export function compilePcre(source: string, anchored: boolean): RegExp {
  const translated = source
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[zZ]/g, '$')
    .replaceAll('\\h', '[\\t\\x20\\xa0]');
  return compileRegex(translated, anchored ? 'y' : '');
}

/** A match at the start of a text that is not too long to be tried. */
export function matchStart(regex: RegExp, text: string): RegExpExecArray | null {
  if (text.length > 8_192) return null;
  regex.lastIndex = 0;
  return regex.exec(text);
}
