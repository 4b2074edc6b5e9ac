import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { jumpToPath, jumpToRoute, refuse, reply, type Outcome } from '../../engine/outcome.ts';
import { statusFault } from './faults.ts';
import type { Condition, Instruction, RewriteOptions } from './options.ts';
import { stateOf } from './state.ts';
import { escapeArgs, escapeRedirect } from './uri.ts';
import { compileValue, regexOf, scopeOf } from './values.ts';
import type { Scope } from './variables.ts';

/** Internal redirections of one request; the next one is answered with 500. */
const maxRedirects = 10;

/** Sends the request to another location. Counted. */
export function redirectInside(exchange: Exchange, path: string, query: string): Outcome {
  const state = stateOf(exchange);
  state.redirects += 1;
  if (state.redirects > maxRedirects) return refuse(statusFault(500));
  state.internal = true;
  state.changed = true;
  state.broken = false;
  return jumpToPath(path, query);
}

/** `stop` leaves the instructions; `last` looks for a location again. */
type Ran = { readonly outcome?: Outcome; readonly end?: 'stop' | 'last' } | undefined;
type Act = (exchange: Exchange, taken: { route: string | null }) => Ran;

/** Compiles instructions of the rewrite module into one function. */
export function compileScript(script: readonly Instruction[], scope: Scope): Act {
  const acts = script.map((one) => compileOne(one, scope));
  return (exchange, taken) => {
    for (const act of acts) {
      const ran = act(exchange, taken);
      if (ran !== undefined) return ran;
    }
    return undefined;
  };
}

function compileOne(one: Instruction, scope: Scope): Act {
  switch (one.do) {
    case 'set': {
      const value = compileValue(scope, one.value);
      return (exchange) => void stateOf(exchange).variables.set(one.name, value(exchange));
    }
    case 'break':
      return () => ({ end: 'stop' });
    case 'return':
      return compileReturn(one.status, one.text, scope);
    case 'rewrite':
      return compileRewrite(one, scope);
    case 'if': {
      const when = compileCondition(one.when, scope);
      const then = compileScript(one.inside, scope);
      return (exchange, taken) => {
        if (!when(exchange)) return undefined;
        taken.route = one.route;
        return then(exchange, taken);
      };
    }
  }
}

function compileReturn(status: number, text: string | null, scope: Scope): Act {
  const value = text === null ? null : compileValue(scope, text);
  const redirects = [301, 302, 303, 307, 308].includes(status);
  return (exchange) => {
    if (status === 444) return { outcome: reply(444, ['Connection', 'close'], '') };
    if (value === null) return { outcome: status >= 300 ? refuse(statusFault(status)) : reply(status, [], '') };
    const said = value(exchange);
    if (redirects) return { outcome: refuse(statusFault(status, ['Location', said])) };
    return { outcome: reply(status, [], Buffer.from(said, 'latin1')) };
  };
}

/** Remembers the groups of a match: `$1`, and those with names as variables. */
export function remember(exchange: Exchange, match: RegExpExecArray): void {
  const state = stateOf(exchange);
  state.captures = match;
  for (const [name, value] of Object.entries(match.groups ?? {})) state.variables.set(name, value ?? '');
}

function compileRewrite(one: Extract<Instruction, { do: 'rewrite' }>, scope: Scope): Act {
  const regex = regexOf(one.regex);
  const external = one.flag === 'redirect' || one.flag === 'permanent' || /^(https?:\/\/|\$scheme)/.test(one.to);
  const keepsArgs = !one.to.endsWith('?');
  const to = scope.compile(
    keepsArgs ? one.to : one.to.slice(0, -1),
    () => undefined,
    (value, before, name) => {
      if (!/^\d/.test(name)) return value;
      return before.includes('?') ? escapeArgs(value) : external ? escapeRedirect(value) : value;
    },
  );
  return (exchange) => {
    const match = regex.exec(exchange.path);
    if (match === null) return undefined;
    remember(exchange, match);
    // Only a `?` of the replacement's own text begins arguments, not one that a capture brought.
    const text = to(exchange);
    const mark = keepsArgs && one.to.includes('?') ? text.indexOf('?') : -1;
    const path = mark < 0 ? text : text.slice(0, mark);
    const own = mark < 0 ? '' : text.slice(mark + 1);
    const query = keepsArgs && exchange.query !== '' ? (own === '' ? exchange.query : `${own}&${exchange.query}`) : own;
    if (external) {
      const location = query === '' ? path : `${path}?${query}`;
      return { outcome: refuse(statusFault(one.flag === 'permanent' ? 301 : 302, ['Location', location])) };
    }
    const state = stateOf(exchange);
    if (path === '') return { outcome: refuse(statusFault(500)) };
    exchange.path = path;
    exchange.query = query;
    state.changed = true;
    if (one.flag === 'last') return { end: 'last' };
    if (one.flag !== 'break') return void (state.broken = false);
    state.broken = true;
    return { end: 'stop' };
  };
}

function compileCondition(when: Condition, scope: Scope): (exchange: Exchange) => boolean {
  const value = compileValue(scope, when.value);
  if (when.test === 'set') return (exchange) => !['', '0'].includes(value(exchange));
  if (when.test === 'equals') {
    const other = compileValue(scope, when.other);
    return (exchange) => (value(exchange) === other(exchange)) !== when.not;
  }
  if (when.test === 'matches') {
    const regex = regexOf(when.regex);
    return (exchange) => {
      const match = regex.exec(value(exchange));
      if (match !== null) remember(exchange, match);
      return (match !== null) !== when.not;
    };
  }
  return () => when.not;
}

/** The rewrite phase of a location, and what the server's own rules have answered. */
export const rewriteStep: StepKind<RewriteOptions> = {
  kind: 'nginx/rewrite',
  create(options) {
    const run = compileScript(options.script, scopeOf(options));
    return (exchange) => {
      const state = stateOf(exchange);
      if (state.pending !== undefined) {
        const { pending } = state;
        state.pending = undefined;
        return pending;
      }
      const taken: { route: string | null } = { route: null };
      const before = exchange.path;
      const ran = run(exchange, taken);
      if (ran?.outcome !== undefined) return ran.outcome;
      // Without a flag a changed path is looked up again once the instructions have ended.
      if (ran?.end === 'last' || (exchange.path !== before && !state.broken)) return redirectInside(exchange, exchange.path, exchange.query);
      return taken.route === null ? undefined : jumpToRoute(taken.route);
    };
  },
};
