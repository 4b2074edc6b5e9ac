import type { Peer } from '../entities/route.ts';
import { all, predicate, some, type Expression, type Operator } from './atc/expression.ts';
import { parseExpression } from './atc/parse.ts';
import { partId } from '../entity-id.ts';
import { isRegex, rankOf, rankOfExpression, type Calculation, type Rank } from './rank.ts';
import type { KongWhen } from './when.ts';

/** A route, or a part of one, as atc-router gets it. */
export interface Matcher extends Rank {
  readonly expression: Expression;
  readonly id: string;
}

/**
 * Makes a route into matchers (kong.router.transform): one for each length of its prefixes and one for its regular expressions, each
 * with the 64 bits that it ranks by. @throws SyntaxError for an expression that is none.
 */
export function transform(when: KongWhen, id: string, calculation: Calculation): Matcher[] {
  if (when.expression !== '') {
    const text = when.expression.replaceAll(/net\.port(\s*[=><!])/g, 'net.dst.port$1');
    return [{ expression: parseExpression(text), id, ...rankOfExpression(when.priority) }];
  }
  const groups = new Map<number, string[]>();
  for (const path of when.paths) {
    const key = isRegex(path) ? 0 : Buffer.byteLength(path);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  const parts = groups.size === 0 ? [[]] : [...groups.values()];
  return parts.map((paths, at) => ({
    expression: all(conditionsOf(when, paths)),
    id: parts.length === 1 ? id : partId(id, at + 1),
    ...rankOf(when, paths, calculation),
  }));
}

function conditionsOf(when: KongWhen, paths: readonly string[]): Expression[] {
  const conditions: (Expression | null)[] = [
    anyOf(when.snis, sniTest, (tests) => some([predicate('net.protocol', '!=', 'https'), tests])),
    anyOf(when.sources, (peer) => peerTest('src', peer)),
    anyOf(when.destinations, (peer) => peerTest('dst', peer)),
    anyOf(when.methods, (method) => predicate('http.method', '==', method)),
    anyOf(when.hosts, hostTest),
    anyOf(paths, pathTest),
    ...when.headers.map(([name, values]) => anyOf(values, (value) => headerTest(name, value))),
  ];
  return conditions.filter((one) => one !== null);
}

const anyOf = <T>(values: readonly T[], test: (value: T) => Expression, wrap = (tests: Expression): Expression => tests): Expression | null =>
  values.length === 0 ? null : wrap(some(values.map(test)));

function sniTest(sni: string): Expression {
  if (sni.endsWith('*') && !sni.startsWith('*')) return predicate('tls.sni', '^=', sni.slice(0, -1));
  const bare = sni.length > 1 && sni.endsWith('.') ? sni.slice(0, -1) : sni;
  return bare.startsWith('*') ? predicate('tls.sni', '=^', bare.slice(1)) : predicate('tls.sni', '==', bare);
}

function peerTest(side: 'src' | 'dst', { ip, port }: Peer): Expression {
  const tests: Expression[] = [];
  if (ip !== '') tests.push(predicate(`net.${side}.ip`, ip.includes('/') ? 'in' : '==', { type: ip.includes('/') ? 'IpCidr' : 'IpAddr', text: ip }));
  if (port !== 0) tests.push(predicate(`net.${side}.port`, '==', { type: 'Int', number: port }));
  return all(tests);
}

/** `a.com`, `a.com:80`, `*.a.com`, `a.*`; what is in brackets is not taken apart. */
function hostTest(pattern: string): Expression {
  const [, name = pattern, port] = /^([^:]*):(\d+)$/.exec(pattern) ?? [];
  let [operator, text]: [Operator, string] = ['==', name];
  if (name.startsWith('*')) [operator, text] = ['=^', name.slice(1)];
  else if (name.endsWith('*')) [operator, text] = ['^=', name.slice(0, -1)];
  const test = predicate('http.host', operator, text);
  return port === undefined ? test : all([test, predicate('net.dst.port', '==', { type: 'Int', number: Number(port) })]);
}

/** A path that begins with `~` is a regular expression, whose first alternative alone is tied to the start; any other is a prefix. */
export const pathTest = (path: string): Expression =>
  isRegex(path) ? predicate('http.path', '~', `^${path.slice(1).replaceAll('?<', '?P<')}`) : predicate('http.path', '^=', path);

/** Values are compared in lower case, regular expressions (`~*`) too, which turns `\D` into `\d`. */
export function headerTest(name: string, value: string): Expression {
  const field = `http.headers.${name.toLowerCase().replaceAll('-', '_')}`;
  const regex = value.startsWith('~*');
  return predicate(field, regex ? '~' : '==', (regex ? value.slice(2) : value).toLowerCase(), { lower: true, any: true });
}
