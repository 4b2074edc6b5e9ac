import type { Exchange } from '../../engine/exchange.ts';
import type { Match, MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { parseQuery } from '../../http/query.ts';
import { hostOf, HostTable } from '../../matching/host.ts';
import { PathTrie, type Piece } from '../../matching/path-trie.ts';
import { compileRegex } from '../../matching/regex.ts';
import { fault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';
import { readPath, segmentsSlot } from './arrival.ts';

/** A value that a header or a query parameter must have: an exact text, a pattern, or none where its presence decides. */
export interface Condition {
  readonly name: string;
  readonly test: { readonly equals: string } | { readonly matches: string } | { readonly present: boolean };
}

/** What the native compiler writes into `Route.when`. */
export interface NativeWhen {
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly Condition[];
  readonly query: readonly Condition[];
  /** The route answers preflights (Fetch standard, section 3.2.2) for the methods that it takes. */
  readonly preflight: boolean;
}

type Holds = (exchange: Exchange) => boolean;
interface Entry {
  readonly route: Route;
  readonly methods: readonly string[];
  readonly holds: Holds;
}
interface Table {
  readonly trie: PathTrie<Entry>;
  readonly patterns: { readonly regex: RegExp; readonly entry: Entry }[];
}

/**
 * The most specific host first, then the path: a text from end to end, then patterns, then texts before parameters before prefixes at each
 * segment; routes of the same path in the order of the file. So no prefix hides what a pattern protects. A route whose other conditions do
 * not hold is passed over.
 */
export const nativeMatcher: MatcherKind<null> = {
  kind: 'native/match',
  build(_options, routes) {
    const hosts = new HostTable<Table>();
    for (const route of routes) {
      const when = route.when as NativeWhen;
      const entry = { route, methods: when.methods, holds: compileConditions(when) };
      for (const host of when.hosts.length === 0 ? [''] : when.hosts) {
        const table = hosts.at(host, () => ({ trie: new PathTrie(), patterns: [] }));
        for (const path of when.paths) {
          if (path.startsWith('~')) table.patterns.push({ regex: compileRegex(path.slice(1)), entry });
          else table.trie.insert(piecesOf(path), entry);
        }
      }
    }
    return (exchange) => match(hosts, exchange);
  },
};

function match(hosts: HostTable<Table>, exchange: Exchange): Match {
  const segments = segmentsOf(exchange);
  const allowed: string[] = [];
  const accept = (entry: Entry, params: Readonly<Record<string, string>>): Match | undefined => {
    if (!entry.holds(exchange)) return undefined;
    if (!takes(entry, exchange)) {
      allowed.push(...entry.methods);
      exchange.note(`${entry.route.label.match} does not take ${exchange.method}`);
      return undefined;
    }
    return { route: entry.route, params };
  };
  const found = hosts.find(hostOf(exchange.arrived.headers.get('host')), ({ trie, patterns }) => {
    if (patterns.length === 0) return trie.find(segments, accept);
    const hit = trie.findText(segments, accept);
    if (hit !== undefined) return hit;
    const path = `/${segments.join('/')}`;
    for (const { regex, entry } of patterns) {
      const groups = path.length > 4_096 ? null : regex.exec(path);
      const accepted = groups === null ? undefined : accept(entry, { ...groups.groups });
      if (accepted !== undefined) return accepted;
    }
    return trie.find(segments, accept);
  });
  if (found !== undefined) return found;
  return refuse(allowed.length > 0 ? fault('method-not-allowed', { allow: [...new Set(allowed)] }) : fault('no-route', { path: exchange.path }));
}

function takes({ route, methods }: Entry, { method, arrived }: Exchange): boolean {
  if (methods.length === 0 || methods.includes(method)) return true;
  if (method === 'HEAD') return methods.includes('GET');
  if (method !== 'OPTIONS' || !(route.when as NativeWhen).preflight) return false;
  return methods.includes(arrived.headers.get('access-control-request-method') ?? '');
}

/** Trailing slashes do not count: upstreams rarely tell them apart, and what is protected stays so. */
function segmentsOf(exchange: Exchange): readonly string[] {
  const read = (exchange.jumps === 0 ? exchange.read(segmentsSlot) : undefined) ?? readPath(exchange.path)?.segments ?? [''];
  return read.length > 0 && read.at(-1) === '' ? read.slice(0, -1) : read;
}

/** `/orders`, `/orders/*`, `/orders/{id}`; a trailing `*` may have a name: `/files/{path*}`. */
export function piecesOf(path: string): Piece[] {
  const parts = path.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  return parts.map((part, index): Piece => {
    const last = index === parts.length - 1;
    if (last && part === '*') return { rest: '' };
    const parameter = /^\{(\w+)(\*?)\}$/.exec(part);
    if (parameter === null) return { text: part };
    return parameter[2] === '*' ? { rest: parameter[1] as string } : { parameter: parameter[1] as string };
  });
}

function compileConditions({ headers, query }: NativeWhen): Holds {
  if (headers.length === 0 && query.length === 0) return () => true;
  const onHeaders = headers.map(({ name, test }) => ({ name, test: compileTest(test) }));
  const onQuery = query.map(({ name, test }) => ({ name, test: compileTest(test) }));
  return (exchange) => {
    if (!onHeaders.every(({ name, test }) => test(exchange.arrived.headers.getAll(name)))) return false;
    if (onQuery.length === 0) return true;
    const pairs = parseQuery(exchange.query);
    return onQuery.every(({ name, test }) => test(pairs.flatMap(([key, value]) => (key === name ? [value] : []))));
  };
}

function compileTest(test: Condition['test']): (values: readonly string[]) => boolean {
  if ('present' in test) return (values) => values.length > 0 === test.present;
  if ('equals' in test) return (values) => values.includes(test.equals);
  const regex = compileRegex(test.matches);
  return (values) => values.some((value) => value.length <= 4_096 && regex.test(value));
}
