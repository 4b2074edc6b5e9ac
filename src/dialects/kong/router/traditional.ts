import type { Route } from '../../../model/gateway.ts';
import { addCaptures } from './atc/evaluate.ts';
import type { Seen } from './atc/fields.ts';
import type { Contender, Found, Router } from './found.ts';
import { orderedIndex, type MakeIndex, type PositionIndex } from './ordered-index.ts';
import { matchStart } from '../pcre.ts';
import { splitPort } from './split-port.ts';
import { bits, isRegex, pathAnchor, reasonsOf, traditionalRoutes, type PathRule, type TraditionalRoute, type WildHost } from './traditional-route.ts';

/** What of a request meets any route at all: it says in which category the search begins, and what is tried first there. */
interface Hits {
  host: string | undefined;
  uri: string | undefined;
  header: string | undefined;
}
interface Context {
  readonly seen: Seen;
  readonly host: string;
  readonly bare: string;
  readonly full: string;
  readonly hits: Hits;
}
/** Routes with the same attributes. */
interface Category {
  readonly rules: number;
  readonly weight: number;
  readonly all: TraditionalRoute[];
  readonly by: { readonly host: Table; readonly header: Table; readonly uri: Table; readonly method: Table; readonly sni: Table };
  index: PositionIndex;
}
type Table = Map<string, TraditionalRoute[]>;
interface Outcome {
  matched: string;
  captures: Record<string, string> | null;
}

/** The router `traditional` (kong.router.traditional), hit by hit: its order is not that of one list. */
export function traditionalRouter(routes: readonly Route[], makeIndex: MakeIndex = orderedIndex): Router {
  const sorted = traditionalRoutes(routes);
  const categories = categorize(sorted, makeIndex);
  const places = new Map(categories.map((one, at) => [one.rules, at]));
  const hitsOf = hitFinder(sorted, makeIndex);
  const find = (seen: Seen): Found | undefined => {
    const { context, rules } = hitsOf(seen);
    if (rules === 0) return undefined;
    const outcome: Outcome = { matched: '', captures: null };
    for (const category of categories.slice(places.get(rules) ?? 0)) {
      const found = searchCategory(category, context, outcome);
      if (found !== undefined) return { route: found.route, matched: outcome.matched, captures: outcome.captures ?? {} };
    }
    return undefined;
  };
  const contenders = (seen: Seen): readonly Contender[] => {
    const { context } = hitsOf(seen);
    return categories.flatMap((category) => category.all.map((one) => ({ route: one.route, reasons: reasonsOf(one), lacks: lacksOf(one, context) })));
  };
  return { find, contenders, size: sorted.length };
}

/** What the request lacks: each attribute alone, as if the route had no other. */
function lacksOf(one: TraditionalRoute, context: Context): string[] {
  const { exchange, uri } = context.seen;
  const alone = (rules: number, headers: TraditionalRoute['headers'], path: PathRule | null): boolean =>
    matches({ ...one, rules, headers, path }, context, { matched: '', captures: null });
  const lacks: string[] = [];
  const need = (bit: number, lack: string): void => {
    if ((one.rules & bit) !== 0 && !alone(bit, [], null)) lacks.push(lack);
  };
  need(bits.host, `host ${context.host || 'none'} is not ${one.when.hosts.join(' or ')}`);
  for (const header of one.headers) {
    if (alone(bits.header, [header], null)) continue;
    const [, wanted] = one.when.headers.find(([name]) => name === header.name) as (typeof one.when.headers)[number];
    lacks.push(`header ${header.name} ${exchange.arrived.headers.joined(header.name) ?? 'none'} is not ${wanted.join(' or ')}`);
  }
  if (one.path !== null && !alone(bits.uri, [], one.path))
    lacks.push(`path ${uri} is not ${one.path.regex === null ? `${one.path.value}*` : `~${one.path.value}`}`);
  need(bits.method, `method ${exchange.method} is not ${one.when.methods.join(' or ')}`);
  need(bits.sni, `server name ${exchange.connection.serverName ?? 'none'} is not ${one.when.snis.join(' or ')}`);
  need(bits.source | bits.destination, 'the traditional router knows no sources and destinations for HTTP');
  return lacks;
}

function categorize(sorted: readonly TraditionalRoute[], makeIndex: MakeIndex): Category[] {
  const categories = new Map<number, Category>();
  for (const one of sorted) {
    let category = categories.get(one.rules);
    if (category === undefined) {
      const by = { host: new Map(), header: new Map(), uri: new Map(), method: new Map(), sni: new Map() };
      categories.set(one.rules, (category = { rules: one.rules, weight: one.weight, all: [], by, index: makeIndex([]) }));
    }
    category.all.push(one);
    const add = (table: Table, key: string): void => void (table.get(key)?.push(one) ?? table.set(key, [one]));
    for (const host of one.when.hosts) add(category.by.host, host);
    for (const { name } of one.headers) add(category.by.header, name);
    if (one.path !== null) add(category.by.uri, one.path.value);
    for (const method of one.methods) add(category.by.method, method);
    for (const sni of one.snis) add(category.by.sni, sni);
  }
  for (const category of categories.values()) category.index = makeIndex(category.all.map((one) => one.anchors));
  return [...categories.values()].sort((a, b) => b.weight - a.weight || b.rules - a.rules);
}

/** First the routes that the rarest hit names, then all of the category. */
function searchCategory(category: Category, context: Context, outcome: Outcome): TraditionalRoute | undefined {
  for (const one of reduced(category, context) ?? []) if (matches(one, context, outcome)) return one;
  const { bare, host, seen } = context;
  const tryOne = (at: number): boolean => matches(category.all[at] as TraditionalRoute, context, { matched: '', captures: null });
  let position = category.index.first(bare, seen.uri, tryOne);
  if (host !== bare) {
    const other = category.index.first(host, seen.uri, tryOne);
    if (other >= 0 && (position < 0 || other < position)) position = other;
  }
  const found = position < 0 ? undefined : category.all[position];
  if (found !== undefined) matches(found, context, outcome);
  return found;
}

function reduced({ rules, by }: Category, { seen, host, hits }: Context): readonly TraditionalRoute[] | undefined {
  const sets = [
    (rules & bits.host) === 0 ? undefined : by.host.get(hits.host ?? host),
    (rules & bits.header) === 0 || hits.header === undefined ? undefined : by.header.get(hits.header),
    (rules & bits.uri) === 0 || hits.uri === undefined ? undefined : by.uri.get(hits.uri),
    (rules & bits.method) === 0 ? undefined : by.method.get(seen.exchange.method),
    (rules & bits.sni) === 0 ? undefined : by.sni.get(seen.exchange.connection.serverName ?? ''),
  ];
  if (sets[1] !== undefined) return sets[1];
  let smallest: readonly TraditionalRoute[] | undefined;
  for (const set of sets) if (set !== undefined && (smallest === undefined || set.length < smallest.length)) smallest = set;
  return smallest;
}

function matches(one: TraditionalRoute, context: Context, outcome: Outcome): boolean {
  const { seen, host, bare, full, hits } = context;
  const { exchange } = seen;
  outcome.matched = '';
  outcome.captures = null;
  const { rules } = one;
  // The router is not told addresses for HTTP: nothing matches these.
  if ((rules & (bits.source | bits.destination)) !== 0) return false;
  if ((rules & bits.host) !== 0) {
    const plain = one.plainHosts.has(hits.host ?? host) || one.plainHosts.has(bare);
    if (!plain && !one.wildHosts.some(({ regex }) => matchStart(regex, full) !== null)) return false;
  }
  if ((rules & bits.method) !== 0 && !one.methods.has(exchange.method)) return false;
  if ((rules & bits.sni) !== 0 && seen.scheme !== 'http' && !one.snis.has(exchange.connection.serverName ?? '')) return false;
  for (const { name, values, pattern } of one.headers) {
    const given = exchange.arrived.headers.getAll(name).map((value) => value.toLowerCase());
    if (!given.some((value) => values.has(value) || (pattern !== null && value.length <= 8_192 && pattern.test(value)))) return false;
  }
  return one.path === null || matchesPath(one.path, seen.uri, hits.uri ?? seen.uri, outcome);
}

function matchesPath(rule: PathRule, uri: string, hit: string, outcome: Outcome): boolean {
  if (uri === '') return false;
  const { value, regex } = rule;
  if (regex !== null) {
    const match = matchStart(regex.withRest, uri);
    if (match !== null) {
      const rest = match.groups?.['uri_postfix'];
      outcome.matched = rest === undefined ? '' : uri.slice(0, uri.length - rest.length);
      if (match.length > 2) outcome.captures = withoutRest(match);
      return true;
    }
  }
  // A path that the index names is not compared again.
  if (value !== hit && (regex !== null || !uri.startsWith(value))) return false;
  outcome.matched = uri.slice(0, value.length);
  return true;
}

function withoutRest(match: RegExpExecArray): Record<string, string> {
  const captures: Record<string, string> = {};
  addCaptures(captures, match);
  delete captures[String(match.length - 1)];
  delete captures['uri_postfix'];
  return captures;
}

/** Asks each attribute of a request whether any route at all has it. */
function hitFinder(sorted: readonly TraditionalRoute[], makeIndex: MakeIndex): (seen: Seen) => { readonly context: Context; readonly rules: number } {
  const plainHosts = new Set(sorted.flatMap((one) => [...one.plainHosts]));
  const wildHosts = sorted.flatMap((one) => one.wildHosts);
  const wildIndex = makeIndex(wildHosts.map(({ anchor }) => ({ hosts: anchor === null ? null : [anchor], paths: null })));
  const headers = [...new Set(sorted.flatMap((one) => one.headers.map(({ name }) => name)))];
  const regexes = sorted.filter(isRegex).map((one) => one.path as PathRule);
  const regexIndex = makeIndex(regexes.map((one) => ({ hosts: null, paths: pathAnchor(one) })));
  const prefixes = new Set(sorted.flatMap((one) => (one.path === null || one.path.regex !== null ? [] : [one.path.value])));
  const lengths = [...new Set([...prefixes].map((one) => one.length))].sort((a, b) => b - a);
  const methods = new Set(sorted.flatMap((one) => [...one.methods]));
  const snis = new Set(sorted.flatMap((one) => [...one.snis]));

  const uriHit = (uri: string): string | undefined => {
    const at = regexIndex.first('', uri, (position) => matchStart((regexes[position] as PathRule).regex?.alone as RegExp, uri) !== null);
    if (at >= 0) return (regexes[at] as PathRule).value;
    const length = lengths.find((one) => one <= uri.length && prefixes.has(uri.slice(0, one)));
    return length === undefined ? undefined : uri.slice(0, length);
  };
  return (seen) => {
    const { headers: given } = seen.exchange.arrived;
    const field = given.get('host');
    const { bare, full } = field === undefined ? { bare: '', full: '' } : splitPort(field, seen.scheme === 'https' ? 443 : 80);
    const hits: Hits = { host: undefined, uri: uriHit(seen.uri), header: headers.find((name) => given.has(name)) };
    let rules = (hits.header === undefined ? 0 : bits.header) | (hits.uri === undefined ? 0 : bits.uri);
    if (field !== undefined && (plainHosts.has(full) || plainHosts.has(bare))) rules |= bits.host;
    else if (field !== undefined) {
      const at = wildIndex.first(bare, '', (position) => matchStart((wildHosts[position] as WildHost).regex, full) !== null);
      if (at >= 0) {
        hits.host = (wildHosts[at] as WildHost).value;
        rules |= bits.host;
      }
    }
    if (methods.has(seen.exchange.method)) rules |= bits.method;
    if (snis.has(seen.exchange.connection.serverName ?? '')) rules |= bits.sni;
    return { context: { seen, host: field ?? '', bare, full, hits }, rules };
  };
}
