import type { Exchange } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import type { Responder } from '../engine/run.ts';
import { scopePrefix } from '../engine/scope.ts';
import { Fields } from '../http/fields.ts';
import { Traffic } from '../traffic/traffic.ts';
import type { GatewayClock } from './clock.ts';
import { scopeNamePattern, takeScopeNames } from './scope-carrier.ts';
import { ScopeClock } from './scope-clock.ts';
import { realTimer } from './real-timer.ts';

/** What one scope has for itself. Its counters, caches, overrides and faults lie with the others, behind its prefix. */
export interface ScopeState {
  readonly name: string;
  readonly prefix: string;
  readonly clock: ScopeClock;
  readonly traffic: Traffic;
}

/** Names come from clients: they must not fill the memory. */
const mostScopes = 1_000;
/** Of bodies that the traffic of one scope holds. */
const mostBytes = 8 * 1_048_576;

/** The scopes of a gateway, each made when it is first named. Names have no case, because host names have none. */
export class Scopes {
  readonly #clock: GatewayClock;
  readonly #scopes = new Map<string, ScopeState>();

  constructor(clock: GatewayClock) {
    this.#clock = clock;
  }

  /** @throws TypeError where the name is none. */
  named(name: string): ScopeState {
    if (!scopeNamePattern.test(name)) throw new TypeError(`${JSON.stringify(name)} cannot name a scope: expected 1 to 64 letters, digits, _ or -`);
    const lower = name.toLowerCase();
    let scope = this.#scopes.get(lower);
    if (scope !== undefined) return scope;
    if (this.#scopes.size >= mostScopes) throw new TypeError(`there are ${mostScopes} scopes already: use their names again`);
    scope = { name: lower, prefix: scopePrefix(lower), clock: new ScopeClock(this.#clock), traffic: new Traffic(realTimer, mostBytes) };
    this.#scopes.set(lower, scope);
    return scope;
  }

  /** Of a prefix that an exchange has. */
  of(name: string): ScopeState | undefined {
    return this.#scopes.get(name);
  }

  get all(): Iterable<ScopeState> {
    return this.#scopes.values();
  }

  /**
   * Places a request that has just arrived in the scope that it names, or that the call names, and takes every trace of the name out of it.
   * @throws TypeError where what it names is no scope, or several.
   */
  enter(exchange: Exchange, called?: string): void {
    const carried = takeScopeNames(exchange.arrived);
    if (called === undefined && carried.length === 0) return;
    const [first, ...others] = new Set([...(called === undefined ? [] : [called]), ...carried].map((name) => name.toLowerCase()));
    if (others.length > 0) throw new TypeError('the request names several scopes: expected one');
    const { prefix, clock } = this.named(first ?? '');
    exchange.enterScope(prefix, clock);
  }
}

/** For whom no scope can be found, nobody may answer: it would be somebody else's. */
export async function refuseScope(exchange: Exchange, responder: Responder, message: string): Promise<void> {
  const headers = new Fields(['Content-Type', 'text/plain; charset=utf-8']);
  const body = MessageBody.of(`devgateway: ${message}\n`);
  exchange.response = { status: 400, statusText: undefined, headers, body, from: 'reply', tunnel: undefined };
  await responder.send(exchange, exchange.response);
}
