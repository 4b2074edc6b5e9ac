import type { Exchange } from '../../../engine/exchange.ts';
import { cidrMatcher } from '../../../http/cidr.ts';
import { compileRegex } from '../../../matching/regex.ts';
import type { Peer } from '../entities/route.ts';
import type { KongWhen } from './when.ts';

/** A request as the router sees it. */
export interface Seen {
  readonly exchange: Exchange;
  readonly uri: string;
  readonly host: string;
  readonly hostPort: number;
  readonly secure: boolean;
  readonly sni: string;
}
export interface PathHit {
  /** What of the path the pattern covered. */
  readonly matched: string;
  readonly captures: Readonly<Record<string, string>>;
}

/** Splits a Host field: `[::1]:80`, `a:80`, `::1`. Port 0: none. */
export function splitHost(field: string): { readonly host: string; readonly port: number } {
  const match = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(field);
  return match === null ? { host: field.toLowerCase(), port: 0 } : { host: (match[1] as string).toLowerCase(), port: Number(match[2]) };
}

const bracketed = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

export interface HostTest {
  readonly wild: boolean;
  readonly hasPort: boolean;
  matches(host: string, port: number): boolean;
}

/** `a.com`, `a.com:80`, `*.a.com`, `a.*`. A pattern without a port takes any. */
export function hostTest(pattern: string): HostTest {
  const lower = pattern.toLowerCase();
  const literal = /^[\da-f]*:[\da-f:.]+$/.test(lower);
  const { host, port } = literal ? { host: bracketed(lower), port: 0 } : splitHost(lower);
  const wild = host.includes('*');
  const [start, end] = wild ? [host.slice(0, host.indexOf('*')), host.slice(host.indexOf('*') + 1)] : [host, ''];
  return {
    wild,
    hasPort: port !== 0,
    matches(asked, askedPort) {
      if (port !== 0 && port !== askedPort) return false;
      const name = bracketed(asked);
      if (!wild) return name === host;
      return name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end);
    },
  };
}

export interface PathTest {
  readonly regex: boolean;
  readonly length: number;
  match(uri: string): PathHit | undefined;
}

const noCaptures: Readonly<Record<string, string>> = Object.freeze({});

/** A path that begins with `~` is a regular expression in Rust's dialect, tied to the start; any other is a prefix. */
export function pathTest(path: string): PathTest {
  if (!path.startsWith('~')) {
    const hit = { matched: path, captures: noCaptures };
    return { regex: false, length: path.length, match: (uri) => (uri.startsWith(path) ? hit : undefined) };
  }
  const regex = compileRegex(`^(?:${fromRust(path.slice(1))})`, 's');
  return {
    regex: true,
    length: path.length - 1,
    match(uri) {
      if (uri.length > 8_192) return undefined;
      const found = regex.exec(uri);
      return found === null ? undefined : { matched: found[0], captures: capturesOf(found) };
    },
  };
}

function capturesOf(found: RegExpExecArray): Readonly<Record<string, string>> {
  const captures: Record<string, string> = {};
  for (let at = 0; at < found.length; at += 1) captures[String(at)] = found[at] ?? '';
  for (const [name, value] of Object.entries(found.groups ?? {})) captures[name] = value ?? '';
  return captures;
}

/** `(?P<name>` is `(?<name>`; possessive and atomic forms do not exist in Rust; `\z` is the end. */
export const fromRust = (source: string): string =>
  source.replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\z', '$').replaceAll('\\h', '[0-9a-fA-F]');

/** Values are compared without regard to case; a single value that begins with `~*` is a regular expression. */
export function headerTest(name: string, values: readonly string[]): (seen: Seen) => boolean {
  if (values.length === 1 && values[0]?.startsWith('~*')) {
    const regex = compileRegex(fromRust(values[0].slice(2)), 'i');
    return ({ exchange }) => exchange.arrived.headers.getAll(name).some((one) => one.length <= 8_192 && regex.test(one));
  }
  const wanted = new Set(values.map((one) => one.toLowerCase()));
  return ({ exchange }) => exchange.arrived.headers.getAll(name).some((one) => wanted.has(one.toLowerCase()));
}

export function peerTest(peers: readonly Peer[]): (address: string, port: number) => boolean {
  const tests = peers.map(({ ip, port }) => ({ inside: ip === '' ? () => true : cidrMatcher([ip]), port }));
  return (address, asked) => tests.some(({ inside, port }) => inside(address) && (port === 0 || port === asked));
}

/** Every test of a route but those of its paths. SNI does not count on plain connections. */
export function otherAttributes(when: KongWhen): { readonly hosts: readonly HostTest[]; readonly holds: (seen: Seen) => boolean } {
  const hosts = when.hosts.map(hostTest);
  const headers = when.headers.map(([name, values]) => headerTest(name, values));
  const methods = new Set(when.methods);
  const sources = peerTest(when.sources);
  const destinations = peerTest(when.destinations);
  return {
    hosts,
    holds(seen) {
      const { exchange } = seen;
      if (hosts.length > 0 && !hosts.some((one) => one.matches(seen.host, seen.hostPort))) return false;
      if (methods.size > 0 && !methods.has(exchange.method)) return false;
      if (!headers.every((test) => test(seen))) return false;
      if (when.snis.length > 0 && seen.secure && !when.snis.includes(seen.sni)) return false;
      if (when.sources.length > 0 && !sources(exchange.connection.remoteAddress, exchange.connection.remotePort)) return false;
      return when.destinations.length === 0 || destinations('127.0.0.1', exchange.listener.port);
    },
  };
}
