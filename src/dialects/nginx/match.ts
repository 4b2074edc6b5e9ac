import type { Exchange } from '../../engine/exchange.ts';
import type { MatcherKind, StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import type { Route } from '../../model/gateway.ts';
import { statusFault } from './faults.ts';
import type { LocationNode, MatchOptions, ServerOptions } from './options.ts';
import { compileScript, remember } from './rewrite.ts';
import { stateOf } from './state.ts';
import { escapeUri, normalise } from './uri.ts';
import { regexOf, scopeOf } from './values.ts';
import { hostOf } from './variables.ts';

type ServerChoice = (exchange: Exchange) => ServerOptions;

/** Exact names, then the longest `*.x`, the longest `x.*`, the first regex, and the default server of the port. */
function chooser(servers: readonly ServerOptions[]): ServerChoice {
  const named = servers.flatMap((server) => server.names.map((name) => ({ server, name })));
  const byLength = (a: { name: string }, b: { name: string }): number => b.name.length - a.name.length;
  const exact = named.filter(({ name }) => !/[*~]/.test(name) && !name.startsWith('.'));
  const heads = named.filter(({ name }) => name.startsWith('*.') || name.startsWith('.')).sort(byLength);
  const tails = named.filter(({ name }) => name.endsWith('.*') && !name.startsWith('~')).sort(byLength);
  const regexes = named.flatMap(({ server, name }) =>
    name.startsWith('~') ? [{ server, regex: regexOf({ source: name.slice(1), anyCase: true }) }] : [],
  );
  return (exchange) => {
    const { port } = exchange.listener;
    const serves = (server: ServerOptions): boolean => server.ports.some((one) => one.port === port);
    const host = hostOf(exchange);
    const found =
      exact.find(({ server, name }) => name === host && serves(server)) ??
      heads.find(
        ({ server, name }) => serves(server) && (host.endsWith(name.replace(/^\*/, '')) || (name.startsWith('.') && host === name.slice(1))),
      ) ??
      tails.find(({ server, name }) => serves(server) && host.startsWith(name.slice(0, -1)));
    if (found !== undefined) return found.server;
    for (const { server, regex } of regexes) {
      const match = serves(server) ? regex.exec(host) : null;
      if (match === null) continue;
      remember(exchange, match);
      return server;
    }
    const there = servers.filter(serves);
    return (there.find((one) => one.ports.some((at) => at.port === port && at.isDefault)) ?? there[0] ?? servers[0]) as ServerOptions;
  };
}

/** Reads the path, chooses the server and runs its own rewrite rules. An answer waits until a location's plan can word it. */
export const arriveStep: StepKind<MatchOptions> = {
  kind: 'nginx/server',
  create(options) {
    const choose = chooser(options.servers);
    const scope = scopeOf(options);
    const scripts = new Map(options.servers.map((one) => [one.id, compileScript(one.script, scope)]));
    return (exchange) => {
      const state = stateOf(exchange);
      const server = choose(exchange);
      state.server = server.id;
      state.serverName = (server.names[0] ?? '').replace(/^\*?\./, '');
      state.tokens = server.tokens;
      if (exchange.parent !== null) state.internal = true;
      else {
        const path = normalise(exchange.path, server.mergeSlashes);
        if (path === undefined || !exchange.arrived.headers.has('host')) {
          state.pending = refuse(statusFault(400));
          return undefined;
        }
        if (exchange.method === 'TRACE' || exchange.method === 'CONNECT') {
          state.pending = refuse(statusFault(405));
          return undefined;
        }
        exchange.path = path;
      }
      const ran = scripts.get(server.id)?.(exchange, { route: null });
      state.broken = false;
      state.pending = ran?.outcome;
      return undefined;
    };
  },
};

interface Level {
  readonly exact: ReadonlyMap<string, Compiled>;
  readonly prefixes: readonly Compiled[];
  readonly regexes: readonly { readonly regex: RegExp; readonly node: Compiled }[];
}
interface Compiled {
  readonly node: LocationNode;
  readonly inner: Level;
}

function compileLevel(nodes: readonly LocationNode[]): Level {
  const all = nodes.map((node) => ({ node, inner: compileLevel(node.children) }));
  return {
    exact: new Map(all.filter(({ node }) => node.mode === 'exact').map((one) => [one.node.pattern, one])),
    prefixes: all.filter(({ node }) => node.mode === 'prefix' || node.mode === 'final').sort((a, b) => b.node.pattern.length - a.node.pattern.length),
    regexes: all.flatMap((one) => (one.node.regex === null ? [] : [{ regex: regexOf(one.node.regex), node: one }])),
  };
}

interface Found {
  node: LocationNode | null;
  final: boolean;
  slash: boolean;
}

/** Puts the choice of this level and the ones inside into `found`; true: nothing may overrule it. */
function search(level: Level, exchange: Exchange, found: Found): boolean {
  const { path } = exchange;
  const exact = level.exact.get(path);
  if (exact !== undefined) {
    found.node = exact.node;
    return true;
  }
  const slashed = level.prefixes.find(({ node }) => node.slashRedirect && node.pattern === `${path}/`);
  if (slashed !== undefined) {
    found.node = slashed.node;
    return (found.slash = true);
  }
  let final = false;
  const prefix = level.prefixes.find(({ node }) => path.startsWith(node.pattern));
  if (prefix !== undefined) {
    found.node = prefix.node;
    final = prefix.node.mode === 'final';
    if (search(prefix.inner, exchange, found)) return true;
  }
  if (final) return false;
  for (const { regex, node } of level.regexes) {
    const match = regex.exec(path);
    if (match === null) continue;
    remember(exchange, match);
    found.node = node.node;
    search(node.inner, exchange, found);
    return true;
  }
  return false;
}

export const nginxMatcher: MatcherKind<MatchOptions> = {
  kind: 'nginx/locations',
  build(options, routes) {
    const byId = new Map(routes.map((route) => [route.id, route]));
    const levels = new Map(options.servers.map((one) => [one.id, compileLevel(one.locations)]));
    const answer = (id: string): { route: Route; params: Record<string, string> } => ({ route: byId.get(id) as Route, params: {} });
    return (exchange) => {
      const state = stateOf(exchange);
      const level = levels.get(state.server);
      if (level === undefined) return refuse(fault('no-route', { path: exchange.path }));
      const found: Found = { node: null, final: false, slash: false };
      if (state.pending === undefined) search(level, exchange, found);
      const { node } = found;
      if (node === null) return answer(state.server);
      if (found.slash) {
        const query = exchange.query === '' ? '' : `?${exchange.query}`;
        state.pending = refuse(statusFault(301, ['Location', `${escapeUri(node.pattern)}${query}`]));
      } else if (node.internal && !state.internal) state.pending = refuse(statusFault(404));
      const { except } = node;
      return answer(except !== null && !except.methods.includes(exchange.method) ? except.route : node.route);
    };
  },
};
