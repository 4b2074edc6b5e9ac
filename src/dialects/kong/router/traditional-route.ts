import type { Route } from '../../../model/gateway.ts';
import { literalPrefix } from './atc/anchors.ts';
import type { Anchors } from './ordered-index.ts';
import { compilePcre } from '../pcre.ts';
import { splitPort } from './split-port.ts';
import { isForHttp, type KongWhen } from './when.ts';

/** Bits of the attributes of a route; at the same number of attributes the weightier ones go first. */
export const bits = { host: 64, header: 32, uri: 16, method: 8, sni: 4, source: 2, destination: 1 } as const;

export interface WildHost {
  readonly value: string;
  readonly regex: RegExp;
  readonly anchor: string | null;
}
export interface HeaderRule {
  readonly name: string;
  readonly values: ReadonlySet<string>;
  readonly pattern: RegExp | null;
}
export interface PathRule {
  readonly value: string;
  /** Null: a prefix. The regular expression alone, and with the rest of the path as its last group. */
  readonly regex: { readonly alone: RegExp; readonly withRest: RegExp } | null;
}

/** A route with one path at most: several paths make several of these. */
export interface TraditionalRoute {
  readonly route: Route;
  readonly when: KongWhen;
  readonly rules: number;
  readonly weight: number;
  readonly submatch: number;
  readonly plainHosts: ReadonlySet<string>;
  readonly wildHosts: readonly WildHost[];
  readonly headers: readonly HeaderRule[];
  readonly path: PathRule | null;
  readonly methods: ReadonlySet<string>;
  readonly snis: ReadonlySet<string>;
  readonly anchors: Anchors;
}

/** Routes in the order in which they are tried within their category (kong.router.traditional, sort_routes). */
export function traditionalRoutes(routes: readonly Route[]): TraditionalRoute[] {
  return routes
    .filter((route) => isForHttp(route.when as KongWhen))
    .flatMap((route) => {
      const when = route.when as KongWhen;
      return (when.paths.length === 0 ? [null] : when.paths).map((path) => marshal(route, when, path));
    })
    .sort(
      (a, b) =>
        b.submatch - a.submatch ||
        b.headers.length - a.headers.length ||
        (isRegex(a) ? b.when.regexPriority - a.when.regexPriority : 0) ||
        prefixLength(b) - prefixLength(a) ||
        a.when.createdAt - b.when.createdAt,
    );
}

export const isRegex = ({ path }: TraditionalRoute): boolean => path !== null && path.regex !== null;
export const prefixLength = ({ path }: TraditionalRoute): number => (path === null || path.regex !== null ? 0 : path.value.length);

/** @throws SyntaxError for a regular expression that is none. */
export function pathRule(path: string): PathRule {
  if (!path.startsWith('~')) return { value: path, regex: null };
  const value = path.slice(1);
  return { value, regex: { alone: compilePcre(value, 'y'), withRest: compilePcre(`${value}(?<uri_postfix>.*)`, 'y') } };
}

/** Values are compared in lower case; of a single one that begins with `~*` the rest is a pattern for the value in lower case. */
export function headerRule(name: string, values: readonly string[]): HeaderRule {
  const [first = ''] = values;
  const pattern = values.length === 1 && first.startsWith('~*') ? compilePcre(first.slice(2)) : null;
  return { name, values: new Set(values.map((one) => one.toLowerCase())), pattern };
}

function marshal(route: Route, when: KongWhen, path: string | null): TraditionalRoute {
  const plainHosts = new Set(when.hosts.filter((one) => !one.includes('*')));
  const wildHosts = when.hosts.filter((one) => one.includes('*')).map(wildHost);
  const headers = when.headers.filter(([name]) => name !== 'host').map(([name, values]) => headerRule(name, values));
  const there = {
    host: when.hosts.length > 0,
    header: headers.length > 0,
    uri: path !== null,
    method: when.methods.length > 0,
    sni: when.snis.length > 0,
    source: when.sources.length > 0,
    destination: when.destinations.length > 0,
  } satisfies Record<keyof typeof bits, boolean>;
  const set = (Object.keys(bits) as (keyof typeof bits)[]).filter((one) => there[one]);
  const rule = path === null ? null : pathRule(path);
  const wildWithPort = wildHosts.some((one) => splitPort(one.value, null).hasPort);
  return {
    route,
    when,
    rules: set.reduce((sum, one) => sum + bits[one], 0),
    weight: set.length,
    submatch: (wildWithPort ? 4 : 0) + (when.hosts.length > 0 && wildHosts.length === 0 ? 2 : 0) + (rule?.regex ? 1 : 0),
    plainHosts,
    wildHosts,
    headers,
    path: rule,
    methods: new Set(when.methods.map((one) => one.toUpperCase())),
    snis: new Set(when.snis.map((one) => (one.length > 1 && one.endsWith('.') ? one.slice(0, -1) : one))),
    anchors: { hosts: hostAnchors(plainHosts, wildHosts), paths: rule === null ? null : pathAnchor(rule) },
  };
}

function wildHost(value: string): WildHost {
  const { bare, hasPort } = splitPort(value, null);
  const regex = compilePcre(`${value.replaceAll('.', String.raw`\.`).replaceAll('*', '.+')}${hasPort ? '' : String.raw`(?::\d+)?`}$`, 'y');
  const anchor = bare.startsWith('*.')
    ? `$${bare.slice(1)}`
    : bare.endsWith('.*') && bare.indexOf('*') === bare.length - 1
      ? `^${bare.slice(0, -1)}`
      : null;
  return { value, regex, anchor: bare.indexOf('*') === bare.lastIndexOf('*') ? anchor : null };
}

/** A host is looked up as it came and without its port. */
function hostAnchors(plain: ReadonlySet<string>, wild: readonly WildHost[]): string[] | null {
  if (plain.size === 0 && wild.length === 0) return null;
  const anchors = wild.map((one) => one.anchor);
  return anchors.includes(null) ? null : [...[...plain].map((one) => `=${one}`), ...(anchors as string[])];
}

export function pathAnchor({ value, regex }: PathRule): string[] | null {
  const prefix = regex === null ? value : literalPrefix(value.startsWith('^') ? value.slice(1) : value);
  return prefix === '' ? null : [prefix];
}

/** What a route ranks by, the weightiest first. */
export function reasonsOf(one: TraditionalRoute): string[] {
  const kinds = (Object.keys(bits) as (keyof typeof bits)[]).filter((name) => (one.rules & bits[name]) !== 0);
  return [
    `${one.weight} ${one.weight === 1 ? 'kind' : 'kinds'} of condition`,
    `conditions on ${kinds.join(', ')}`,
    (one.submatch & 4) === 0 ? 'no wildcard host with a port' : 'a wildcard host with a port',
    (one.submatch & 2) === 0 ? 'no plain hosts only' : 'plain hosts only',
    isRegex(one) ? 'a regex path' : 'no regex path',
    `${one.headers.length} ${one.headers.length === 1 ? 'header' : 'headers'}`,
    `regex_priority ${isRegex(one) ? one.when.regexPriority : 0}`,
    `a prefix of length ${prefixLength(one)}`,
    `created at ${one.when.createdAt}`,
  ];
}
