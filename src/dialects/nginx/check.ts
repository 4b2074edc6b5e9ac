import { diagnosticAt, type UserErrorCode } from '../../model/error.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Directive } from '../../sources/nginx-conf.ts';
import { bytesOf } from './context.ts';
import { grammar, type Place } from './grammar.ts';
import { readPattern } from './script.ts';

const inside: Readonly<Record<string, (place: Place) => Place>> = {
  server: () => 's',
  location: () => 'l',
  limit_except: () => 'x',
  upstream: () => 'u',
  if: (place) => (place === 's' ? 'j' : 'i'),
};

/** What `nginx -t` refuses of the directives that are mirrored, in its words, over the directive itself. */
export function checkHttp(directives: readonly Directive[], ledger: Ledger): void {
  const problem = (one: Directive, code: UserErrorCode, message: string, hint = ''): void =>
    ledger.report(diagnosticAt(code, one.origin, message, hint));

  function level(block: readonly Directive[], place: Place, around: Directive | null): void {
    const seen = new Set<string>();
    for (const one of block) {
      const rule = grammar.get(one.name);
      // In an upstream `server` is another directive.
      if (rule !== undefined && place !== 'u') {
        const { length } = one.args;
        if (!rule.places.includes(place)) problem(one, 'DG1201', `"${one.name}" directive is not allowed here`);
        else if (length < rule.least || length > rule.most) problem(one, 'DG1204', `invalid number of arguments in "${one.name}" directive`);
        else if (rule.once && seen.has(one.name)) problem(one, 'DG1206', `"${one.name}" directive is duplicate`);
        else value(one, place, around);
      }
      seen.add(one.name);
      const next = inside[one.name];
      if (one.block !== null && next !== undefined && place !== 'u') level(one.block, next(place), one);
    }
    locations(block, around);
  }

  function value(one: Directive, place: Place, around: Directive | null): void {
    const [first = '', second = '', third] = one.args;
    const last = one.args.at(-1) ?? '';
    const bad = (what: string, hint = ''): void => problem(one, 'DG1203', what, hint);
    switch (one.name) {
      case 'return':
        if (!/^\d{1,3}$/.test(first) && (second !== '' || !/^(?:https?:\/\/|\$)/.test(first)))
          bad(`invalid return code "${first}"`, 'expected a status, or one URL');
        break;
      case 'rewrite':
        if (third !== undefined && !['last', 'break', 'redirect', 'permanent'].includes(third))
          bad(`invalid parameter "${third}"`, 'expected last, break, redirect or permanent');
        break;
      case 'set':
        if (!first.startsWith('$')) bad(`invalid variable name "${first}"`, 'expected $name');
        break;
      case 'add_header':
        if (third !== undefined && third !== 'always') bad(`invalid parameter "${third}"`, 'expected always');
        break;
      case 'satisfy':
        if (first !== 'all' && first !== 'any') bad(`invalid value "${first}"`, 'expected all or any');
        break;
      case 'client_max_body_size':
        if (bytesOf(first) === undefined) bad(`"${one.name}" directive invalid value`, 'expected a size such as 512, 8k or 1m');
        break;
      case 'limit_req_status':
        if (!/^[45]\d\d$/.test(first)) bad(`value must be between 400 and 599`);
        break;
      case 'error_page':
        for (const status of one.args.slice(0, -1))
          if (/^\d+$/.test(status) ? !/^[345]\d\d$/.test(status) || status === '499' : !/^=\d*$/.test(status))
            bad(`invalid value "${status}"`, 'expected statuses from 300 to 599');
        break;
      case 'try_files':
        if (last.startsWith('=') && !/^=\d{3}$/.test(last)) bad(`invalid code "${last}"`);
        break;
      case 'proxy_pass':
        if (!first.includes('$') && !/^https?:\/\//i.test(first)) bad('invalid URL prefix', 'expected http://... or https://...');
        else if (!first.includes('$') && /^https?:\/\/(?!unix:)[^/]+\//i.test(first) && takesNoUri(place, around))
          bad(
            '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block',
          );
        break;
      default:
    }
  }

  /** Of one level: no path twice, and none outside the one around. */
  function locations(block: readonly Directive[], around: Directive | null): void {
    const seen = new Set<string>();
    for (const one of block) {
      if (one.name !== 'location' || one.args.length === 0 || one.args.length > 2) continue;
      const { mode, pattern } = readPattern(one.args);
      if (mode === 'regex') continue;
      const key = `${mode === 'exact' ? '=' : ''}${pattern}`;
      if (seen.has(key)) problem(one, 'DG1206', `duplicate location "${pattern}"`);
      seen.add(key);
      if (around?.name !== 'location' || pattern.startsWith('@')) continue;
      const outer = readPattern(around.args);
      if (outer.pattern.startsWith('@')) problem(one, 'DG1203', `location "${pattern}" cannot be inside the named location "${outer.pattern}"`);
      else if (outer.mode === 'exact') problem(one, 'DG1203', `location "${pattern}" cannot be inside the exact location "${outer.pattern}"`);
      else if (outer.mode !== 'regex' && !pattern.startsWith(outer.pattern))
        problem(one, 'DG1203', `location "${pattern}" is outside location "${outer.pattern}"`);
    }
  }

  level(directives, 'h', null);
}

function takesNoUri(place: Place, around: Directive | null): boolean {
  if (place === 'i' || place === 'x') return true;
  return around?.name === 'location' && around.args.length > 0 && (around.args[0] as string).startsWith('@');
}
