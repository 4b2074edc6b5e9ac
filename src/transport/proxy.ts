import type { Clock } from '../engine/clock.ts';
import { upstreamTarget, type Exchange } from '../engine/exchange.ts';
import type { Answer, DestinationKind } from '../engine/kit.ts';
import { refuse, type Failure } from '../engine/outcome.ts';
import type { BodySource } from '../http/body.ts';
import type { Fields } from '../http/fields.ts';
import { isUserError, type Diagnostic, type UserErrorCode } from '../model/error.ts';
import { fault } from '../model/fault.ts';
import type { ProxyOptions } from '../model/gateway.ts';
import { sendHttp1 } from './http1-client/send.ts';
import { isOrdinary } from './ordinary.ts';
import type { Sending } from './pending-answer.ts';
import { misbehave, type PlannedFaults } from './planned-faults.ts';
import type { Pools } from './pools.ts';
import { sendPooled } from './undici-send.ts';
import type { Upstreams } from './upstreams.ts';

type Address = NonNullable<Exchange['outgoing']['address']>;

/** What sending needs of the gateway. */
export interface Services {
  readonly pools: Pools;
  readonly upstreams: Upstreams;
  readonly clock: Clock;
  readonly faults: PlannedFaults;
  readonly replay: Replay;
}

/** Answers in the place of upstreams. */
export interface Replay {
  /** Null while nobody records or replays. `tape`: a file that stands for this upstream alone. Undefined: the upstream is to be asked. */
  answer: ((exchange: Exchange, upstream: string, tape: string | undefined) => Answer | undefined | Promise<Answer | undefined>) | null;
  /** Back to the first answers, of one scope or of all. */
  rewind: (scope?: string) => void;
}

/** The destination kind `proxy`: forwards over pooled connections, and over our own writer where a request or its dialect needs it. */
export const proxyKind = (services: Services): DestinationKind<ProxyOptions> =>
  upstreamKind('proxy', services, (origin, sending) => forward(origin, services.pools, sending));

/** Sends to an origin. */
type Forward = (origin: string, sending: Sending) => Promise<Answer | Failure>;

/** A kind of destination that asks an upstream, unless a planned fault or a tape stands in its place. */
export function upstreamKind(kind: string, services: Services, forwardTo: Forward): DestinationKind<ProxyOptions> {
  return {
    kind,
    create(options) {
      const fixed = options.url === '' ? null : { names: options.names, url: options.url };
      return (exchange) => {
        const address = exchange.outgoing.address ?? fixed;
        if (address === null) return refuse(fault('internal', { cause: new Error('no step has said where to send the request') }));
        exchange.upstream = address.names[0] ?? address.url;
        const sending = { exchange, options, clock: exchange.clock ?? services.clock, upstream: exchange.upstream };
        const plan = services.faults.isEmpty ? undefined : services.faults.take(address.names, exchange.scope);
        return plan === undefined
          ? send(address, services, sending, forwardTo)
          : misbehave(plan, sending, () => send(address, services, sending, forwardTo));
      };
    },
  };
}

function send(address: Address, services: Services, sending: Sending, forwardTo: Forward): Promise<Answer | Failure> {
  return services.replay.answer === null || services.upstreams.isOverridden(address.names, sending.exchange.scope)
    ? sendLive(address, services, sending, forwardTo)
    : sendTaped(address, services, sending, forwardTo);
}

async function sendTaped(address: Address, services: Services, sending: Sending, forwardTo: Forward): Promise<Answer | Failure> {
  const tape = services.upstreams.tapeOf(address.names);
  const answer = await services.replay.answer?.(sending.exchange, sending.upstream, tape);
  return answer ?? sendLive(address, services, sending, forwardTo);
}

function sendLive({ names, url }: Address, { upstreams }: Services, sending: Sending, forwardTo: Forward): Promise<Answer | Failure> {
  const { options, upstream, exchange } = sending;
  if (options.mappedOnly === true && !upstreams.isMapped(names, exchange.scope))
    return Promise.resolve(refuse(fault('upstream-unmapped', { upstream })));
  const origin = upstreams.resolve(names, url, exchange.scope);
  return typeof origin === 'string'
    ? forwardTo(origin, sending)
    : origin.then(
        (one) => forwardTo(one, sending),
        (error: unknown) => notRunning(error, sending),
      );
}

/** What a user can mend is told as an upstream that cannot be reached; the rest is our own failure. */
function notRunning(error: unknown, { upstream }: Sending): Failure {
  if (!isUserError(error)) throw error;
  const { message, hint } = error.diagnostics[0] as Diagnostic;
  return refuse(fault('upstream-unreachable', { upstream, reason: `${message}. ${hint}`, code: error.code as UserErrorCode }));
}

function forward(origin: string, pools: Pools, sending: Sending): Promise<Answer | Failure> {
  const { exchange, options } = sending;
  const { outgoing } = exchange;
  const target = upstreamTarget(exchange);
  const { method, headers } = outgoing;
  if (options.httpVersion === '1.0') return forwardOldest(origin, target, sending);
  const upgrade = exchange.upgrade !== null && asksForUpgrade(exchange, options.upgrades);
  const body = outgoingBody(exchange);
  const ordinary = isOrdinary(method, target, headers.raw);
  if (ordinary && needsUndici(origin, options))
    return pools
      .for(origin, options)
      .then((pool) => sendPooled(pool, { method, target, headers: headers.raw, body, serverName: options.tls?.serverName ?? '' }, sending));
  if (body !== null && !headers.has('content-length')) headers.set('Transfer-Encoding', 'chunked');
  const keep = ordinary && keepsConnection(headers, options);
  return sendHttp1(origin, { method, target, httpVersion: '1.1', headers: headers.raw, body, upgrade }, sending, keep ? pools.clear : null);
}

const needsUndici = (origin: string, { httpVersion }: ProxyOptions): boolean => origin.startsWith('https:') || httpVersion === '2';

/** A connection that is not kept is said to be closed (RFC 9112 section 9.6). */
function keepsConnection(headers: Fields, { keepAlive }: ProxyOptions): boolean {
  const said = headers.get('connection');
  if (said === undefined && !keepAlive) headers.append('Connection', 'close');
  return keepAlive && (said === undefined || said.toLowerCase() === 'keep-alive');
}

function asksForUpgrade(exchange: Exchange, upgrades: ProxyOptions['upgrades']): boolean {
  const { headers } = exchange.outgoing;
  if (headers.has('upgrade')) return true;
  if (upgrades === 'as-sent') return false;
  headers.set('Connection', 'Upgrade');
  headers.append('Upgrade', exchange.arrived.headers.get('upgrade') ?? '');
  return true;
}

/** HTTP/1.0 has no chunked coding: the whole body is read first, so that its length can be said. */
async function forwardOldest(origin: string, target: string, sending: Sending): Promise<Answer | Failure> {
  const { body, outgoing } = sending.exchange;
  if (!body.isEmpty && body.length === undefined) await body.whole(bufferedBytes);
  const { method, headers } = outgoing;
  return sendHttp1(
    origin,
    { method, target, httpVersion: '1.0', headers: headers.raw, body: outgoingBody(sending.exchange), upgrade: false },
    sending,
  );
}
const bufferedBytes = 256 * 1024 * 1024;

/** The body to send, with a Content-Length that agrees with it; none where the length is not known. */
export function outgoingBody(exchange: Exchange): Buffer | BodySource | null {
  const { body, outgoing } = exchange;
  const { length, buffered } = body;
  if (length === undefined) outgoing.headers.remove('content-length');
  else if (length > 0 || outgoing.headers.has('content-length')) setLength(outgoing.headers, length);
  if (length === 0) return null;
  return buffered ?? body.take();
}

function setLength(headers: Fields, length: number): void {
  const given = headers.getAll('content-length');
  if (given.length !== 1 || given[0] !== String(length)) headers.set('Content-Length', String(length));
}
