import type { Recorded } from '../traffic/recording.ts';
import type { Traffic, TrafficFilter } from '../traffic/traffic.ts';
import { storyOf } from './story.ts';

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What `expect` learns. Where one fails, the message tells what each step of the gateway said, and in which line it stands. */
export interface GatewayMatchers<R = void> {
  /** Of an exchange: the route that it took, or null for none. */
  toTakeRoute(route: string | null): R;
  /** Of an exchange: the kind of the step, or the fault, that refused it. */
  toBeRefusedBy(kind: string): R;
  /** Of an exchange: it was sent on; with these fields, where they are given. */
  toBeForwarded(fields?: Readonly<Record<string, string>>): R;
  /** Of a gateway: an exchange like this has passed; exactly `count` of them, where that is given. */
  toHaveSeen(filter: TrafficFilter, count?: number): R;
}

const result = (pass: boolean, wanted: string, story: string): MatcherResult => ({
  pass,
  message: () => `expected the exchange ${pass ? 'not ' : ''}${wanted}\n\n${story}`,
});

function toTakeRoute(exchange: Recorded, route: string | null): MatcherResult {
  return result(exchange.route === route, route === null ? 'to take no route' : `to take the route ${JSON.stringify(route)}`, storyOf(exchange));
}

function toBeRefusedBy(exchange: Recorded, kind: string): MatcherResult {
  return result(exchange.decidedBy === kind && exchange.response.status >= 400, `to be refused by ${kind}`, storyOf(exchange));
}

function toBeForwarded(exchange: Recorded, fields: Readonly<Record<string, string>> = {}): MatcherResult {
  const sent = exchange.upstreamRequest;
  const wrong = Object.entries(fields).filter(([name, value]) => sent?.header(name) !== value);
  const found = wrong.map(([name, value]) => `\n  ${name}: expected ${JSON.stringify(value)}, found ${JSON.stringify(sent?.header(name) ?? null)}`);
  return result(sent !== null && wrong.length === 0, `to be forwarded${sent === null ? '' : found.join('')}`, storyOf(exchange));
}

function toHaveSeen({ traffic }: { readonly traffic: Traffic }, filter: TrafficFilter, count?: number): MatcherResult {
  const found = traffic.query(filter);
  const pass = count === undefined ? found.length > 0 : found.length === count;
  const wanted = `${count ?? 'an'} exchange${count === undefined || count === 1 ? '' : 's'} like ${typeof filter === 'function' ? 'that' : describe(filter)}`;
  const came = traffic.all.slice(-5).map(storyOf);
  return {
    pass,
    message: () =>
      `expected the gateway ${pass ? 'not ' : ''}to have seen ${wanted}, found ${found.length}\n\n${came.join('\n\n') || 'it has seen nothing'}`,
  };
}

const describe = (filter: object): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name} ${value instanceof RegExp ? String(value) : JSON.stringify(value)}`)
    .join(', ') || 'any';

export const gatewayMatchers: {
  readonly toTakeRoute: typeof toTakeRoute;
  readonly toBeRefusedBy: typeof toBeRefusedBy;
  readonly toBeForwarded: typeof toBeForwarded;
  readonly toHaveSeen: typeof toHaveSeen;
} = { toTakeRoute, toBeRefusedBy, toBeForwarded, toHaveSeen };
