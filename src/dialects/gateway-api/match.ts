import type { MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import type { Exchange } from '../../engine/exchange.ts';
import { fault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';
import { HostTable, hostOf } from '../../matching/host.ts';
import { OrderedPaths, type PathPattern } from '../../matching/ordered-paths.ts';
import { compileRe2 } from '../../matching/re2.ts';
import { startOf } from '../../matching/regex-start.ts';
import { queryValue } from '../../http/query.ts';
import { bySpeciality } from './matching/hostnames.ts';
import { matchedPrefix } from './matching/matched.ts';
import { misdirected } from './own-faults.ts';

/** A value that must be as it is written, or that a regular expression (RE2, as in Envoy) matches as a whole. */
export interface ValueMatch {
  readonly name: string;
  readonly value: string;
  readonly regex: boolean;
}
/** One match of a rule on one listener. */
export interface When {
  /** Of the listeners of the site; empty text: every host. */
  readonly listener: string;
  /** Empty text: every host. */
  readonly hosts: readonly string[];
  /** What the route itself says where that of a host is less special: of each host, in its order. */
  readonly given: readonly string[];
  readonly path: { readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression'; readonly value: string };
  readonly method: string | null;
  readonly headers: readonly ValueMatch[];
  readonly query: readonly ValueMatch[];
  /** What decides which of several matches counts: smaller numbers first. */
  readonly order: readonly number[];
  /** What decides between equals: the older route, then its name. */
  readonly age: string;
  readonly name: string;
}
interface Candidate {
  readonly route: Route;
  readonly when: When;
  /** Whether all but the path holds. */
  readonly holds: (exchange: Exchange) => boolean;
}
export interface MatchOptions {
  /** Host names of the listeners on this port. */
  readonly listeners: readonly string[];
}

function patternOf({ type, value }: When['path']): PathPattern {
  if (type === 'Exact') return { exact: value };
  if (type === 'PathPrefix') return { prefix: value.replace(/\/+$/, '') };
  const regex = compileRe2(value);
  return { begins: startOf(value), test: (path) => regex.test(textOf(path)) };
}

function valueTest({ value, regex }: ValueMatch): (found: string | undefined) => boolean {
  if (!regex) return (found) => found === value;
  const compiled = compileRe2(value);
  return (found) => found !== undefined && compiled.test(textOf(found));
}

/** RE2 reads bytes as UTF-8; a message holds them as latin1. */
const textOf = (bytes: string): string => (/^[ -~]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8'));

/** A field that is repeated counts as one list (RFC 9110 section 5.3), joined as Envoy does. */
function fieldOf({ arrived: { headers } }: Exchange, name: string): string | undefined {
  const all = headers.getAll(name);
  return all.length < 2 ? all[0] : all.join(',');
}

function candidateOf(route: Route): Candidate {
  const when = route.when as When;
  const headers = when.headers.map((one) => [one.name, valueTest(one)] as const);
  const query = when.query.map((one) => [one.name, valueTest(one)] as const);
  return {
    route,
    when,
    holds: (exchange) =>
      (when.method === null || when.method === exchange.method) &&
      headers.every(([name, test]) => test(fieldOf(exchange, name))) &&
      query.every(([name, test]) => test(queryValue(exchange.query, name))),
  };
}

/** What is served on one host. Of several routes that one counts first that says more of the host itself (GatewayRouteHostnameIntersectionPrecedence). */
class HostCandidates {
  readonly #waiting: { readonly given: string; readonly candidate: Candidate }[] = [];
  readonly #paths = new OrderedPaths<Candidate>();

  add(given: string, candidate: Candidate): void {
    this.#waiting.push({ given, candidate });
  }
  /** Before the first request, when all are there. */
  settle(): void {
    for (const { candidate } of this.#waiting.toSorted((a, b) => bySpeciality(a.given, b.given)))
      this.#paths.add(
        patternOf(candidate.when.path),
        candidate,
        candidate.when.headers.find((one) => !one.regex),
      );
  }
  find(exchange: Exchange): Candidate | undefined {
    return this.#paths.find(
      exchange.path,
      (one) => one.holds(exchange),
      (name) => fieldOf(exchange, name),
    );
  }
}

/**
 * A request belongs to one listener, the one with the most specific host name, and never to another (listener isolation). The routes of a
 * listener come in the order of their precedence.
 */
export const matcher: MatcherKind<MatchOptions> = {
  kind: 'gateway-api/match',
  build({ listeners }, routes) {
    const byListener = new HostTable<HostTable<HostCandidates>>();
    for (const hostname of listeners) byListener.at(hostname, () => new HostTable());
    const all = new Set<HostCandidates>();
    for (const route of routes) {
      const candidate = candidateOf(route);
      const hosts = byListener.at(candidate.when.listener, () => new HostTable());
      for (const [at, host] of candidate.when.hosts.entries()) {
        const there = hosts.at(host, () => new HostCandidates());
        there.add(candidate.when.given[at] ?? host, candidate);
        all.add(there);
      }
    }
    for (const one of all) one.settle();
    return (exchange) => {
      const host = hostOf(exchange.arrived.headers.get('host'));
      const listener = byListener.find(host, (hosts) => hosts);
      const { secure, serverName } = exchange.connection;
      // A connection belongs to the listener that its handshake named.
      if (secure && serverName !== undefined && byListener.find(serverName.toLowerCase(), (hosts) => hosts) !== listener) return misdirected;
      const found = listener?.find(host, (candidates) => candidates.find(exchange));
      if (found === undefined) return refuse(fault('no-route', { path: exchange.path }));
      const { type, value } = found.when.path;
      if (type === 'PathPrefix') exchange.write(matchedPrefix, value);
      return { route: found.route, params: {} };
    };
  },
};
