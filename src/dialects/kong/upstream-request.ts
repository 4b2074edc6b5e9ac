import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse, type Failure } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { cidrMatcher } from '../../http/cidr.ts';
import type { Fields } from '../../http/fields.ts';
import { connectionTokens } from '../../http/hop-by-hop.ts';
import { fault } from '../../model/fault.ts';
import { clientFinder, type RealIp } from './client-address.ts';
import { kongError, kongExit } from './faults.ts';
import { isGrpc } from './grpc-answer.ts';
import { matchedSlot, type Matched } from './matched.ts';
import { requestId } from './request-id.ts';
import { routerHit } from './router/match.ts';
import { escapeUri, joinV0, joinV1, sanitizePostfix } from './router/uri.ts';

export interface UpstreamRequestOptions {
  readonly matched: Matched;
  readonly protocols: readonly string[];
  readonly redirectStatus: number;
  /** Path of the service. */
  readonly base: string;
  readonly strip: boolean;
  readonly handling: 'v0' | 'v1';
  readonly preserveHost: boolean;
  /** Host field for the upstream; empty where a balancer sets it. */
  readonly host: string;
  readonly trustedIps: readonly string[];
}

/** What plugins may still change of the upstream request. */
export interface Upstream {
  path: string;
  host: string;
}
export const upstreamSlot: Slot<Upstream> = slot('kong upstream');

/** Kong's own access phase before any plugin: protocol, upstream path and host (kong.runloop.handler). */
export const upstreamRequestStep: StepKind<UpstreamRequestOptions> = {
  kind: 'kong/upstream-request',
  create(options) {
    const trusted = cidrMatcher(options.trustedIps);
    const { protocols } = options;
    const secureOnly = protocols.includes('https') && !protocols.includes('http');
    const grpc = protocols.includes('grpc') || protocols.includes('grpcs');
    const join = options.handling === 'v1' ? joinV1 : joinV0;
    return (exchange) => {
      exchange.write(matchedSlot, options.matched);
      const { arrived, connection, outgoing } = exchange;
      const told = (name: string): string | undefined => (trusted(connection.remoteAddress) ? arrived.headers.joined(name) : undefined);
      const secure = () => (told('x-forwarded-proto') ?? (connection.secure ? 'https' : 'http')) === 'https';
      if (secureOnly && !secure())
        return httpsNeeded(exchange, options.redirectStatus, told('x-forwarded-host') ?? hostName(arrived.headers.get('host') ?? ''));
      const refused = grpc ? notGrpc(exchange, protocols.includes('grpc') || secure()) : undefined;
      if (refused !== undefined) return refused;
      const hit = exchange.read(routerHit);
      if (hit === undefined) return refuse(fault('internal', { cause: new Error('the request was not routed by Kong') }));
      const { uri, matched } = hit;
      const postfix = sanitizePostfix(matched === '' ? uri.slice(1) : uri.slice(matched.length));
      const path = join({ base: options.base === '' ? '/' : options.base, uri, postfix, strip: options.strip });
      for (const name of passedOn) {
        const value = arrived.headers.joined(name);
        if (value !== undefined && !connectionTokens(arrived.headers).includes(name.toLowerCase())) outgoing.headers.set(name, value);
      }
      exchange.write(upstreamSlot, { path, host: options.preserveHost ? (arrived.headers.get('host') ?? '') : options.host });
      return undefined;
    };
  },
};

/** Why a request is not for a route of gRPC, if it is not. `secure`: secure enough for the route. */
function notGrpc({ arrived }: Exchange, secure: boolean): Failure | undefined {
  if (!isGrpc(arrived.headers.get('content-type'))) return refuse(kongError(415, 'Non-gRPC request matched gRPC route'));
  if (!arrived.httpVersion.startsWith('2'))
    return refuse(kongError(426, 'Please use HTTP2 protocol', ['connection', 'Upgrade', 'upgrade', 'HTTP/2']));
  if (secure) return undefined;
  return refuse(kongExit(200, '', ['content-type', 'application/grpc', 'grpc-status', '1', 'grpc-message', 'gRPC request matched gRPCs route']));
}

/** Fields of one hop that nginx passes on all the same. */
const passedOn = ['Proxy-Authenticate', 'Proxy-Authorization'] as const;

function httpsNeeded(exchange: Exchange, status: number, host: string): Failure {
  if (status === 426) return refuse(kongError(426, 'Please use HTTPS protocol', ['Connection', 'Upgrade', 'Upgrade', 'TLS/1.2, HTTP/1.1']));
  return refuse(kongExit(status, null, ['Location', `https://${host}${exchange.arrived.target}`]));
}

export interface SendOptions {
  readonly realIp: RealIp;
  readonly portMaps: Readonly<Record<string, number>>;
  readonly strip: boolean;
  /** Whether the route has a service: only after the plugins is one missed. */
  readonly service: boolean;
  readonly sendRequestId: boolean;
}

/** The last thing before the upstream: nginx's proxy_set_header lines of Kong's template, which no plugin can undo. */
export const sendStep: StepKind<SendOptions> = {
  kind: 'kong/send',
  create({ realIp, portMaps, strip, service, sendRequestId }, { random }) {
    const trusted = cidrMatcher(realIp.trustedIps);
    const clientOf = clientFinder(realIp);
    return (exchange) => {
      const upstream = exchange.read(upstreamSlot);
      if (!service || upstream === undefined) return refuse(kongError(503, 'no Service found with those values'));
      const { outgoing, arrived, connection, listener } = exchange;
      const { headers } = outgoing;
      outgoing.method = exchange.method;
      const mark = exchange.query !== '' || exchange.arrived.target.endsWith('?');
      outgoing.target = `${escapeUri(upstream.path)}${mark ? `?${exchange.query}` : ''}`;
      if (upstream.host !== '') headers.set('Host', upstream.host);
      const isTrusted = trusted(connection.remoteAddress);
      const own = (name: string, value: string): void => headers.set(name, (isTrusted ? arrived.headers.joined(name) : undefined) ?? value);
      const before = arrived.headers.joined('x-forwarded-for');
      const { address } = clientOf(exchange);
      headers.set('X-Real-IP', address);
      headers.set('X-Forwarded-For', before === undefined ? address : `${before}, ${connection.remoteAddress}`);
      own('X-Forwarded-Proto', connection.secure ? 'https' : 'http');
      own('X-Forwarded-Host', hostName(arrived.headers.get('host') ?? ''));
      own('X-Forwarded-Port', String(portMaps[listener.port] ?? listener.port));
      own('X-Forwarded-Path', pathOf(arrived.target));
      const prefix = strip ? (exchange.read(routerHit)?.matched ?? '') : '';
      if (prefix !== '' && prefix !== '/') own('X-Forwarded-Prefix', prefix);
      else if (!isTrusted) headers.remove('x-forwarded-prefix');
      if (sendRequestId) headers.set('X-Kong-Request-Id', requestId(exchange, random));
      if (wantsTrailers(arrived.headers)) headers.set('TE', 'trailers');
      const via = arrived.headers.joined('via');
      headers.set('Via', `${via === undefined ? '' : `${via}, `}${arrived.httpVersion === '2.0' ? '2' : arrived.httpVersion} kong/${kongVersion}`);
      return undefined;
    };
  },
};

/** Whether the client takes fields behind the body. */
export const wantsTrailers = (headers: Fields): boolean =>
  headers.getAll('te').some((one) => one.split(',').some((token) => token.trim() === 'trailers'));

/** The release whose source the behaviour was read from. */
export const kongVersion = '3.10.0';

const pathOf = (target: string): string => target.split('?')[0] as string;
const hostName = (field: string): string => field.replace(/:\d+$/, '').toLowerCase();
