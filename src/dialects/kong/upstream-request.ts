import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { cidrMatcher } from '../../http/cidr.ts';
import { forwardedAddress } from './client-address.ts';
import { kongError, kongExit } from './faults.ts';
import { matchedSlot, type Matched } from './matched.ts';
import { requestId } from './request-id.ts';
import { routerHit } from './router/match.ts';
import { escapeUri, joinV0, joinV1, sanitizePostfix } from './router/uri.ts';

export interface UpstreamRequestOptions {
  readonly matched: Matched;
  readonly protocols: readonly string[];
  readonly redirectStatus: number;
  /** Path of the service; null: the route has no service. */
  readonly base: string | null;
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
    const secureOnly =
      (protocols.includes('https') && !protocols.includes('http')) ||
      (protocols.includes('grpcs') && !protocols.includes('grpc') && !protocols.includes('http'));
    const join = options.handling === 'v1' ? joinV1 : joinV0;
    return (exchange) => {
      exchange.write(matchedSlot, options.matched);
      if (secureOnly && protocolOf(exchange, trusted) !== 'https') return httpsNeeded(exchange, options.redirectStatus);
      const hit = exchange.read(routerHit);
      if (options.base === null || hit === undefined) return refuse(kongError(503, 'no Service found with those values'));
      const { uri, matched } = hit;
      const postfix = sanitizePostfix(matched === '' ? uri.slice(1) : uri.slice(matched.length));
      const path = join({ base: options.base === '' ? '/' : options.base, uri, postfix, strip: options.strip });
      exchange.write(upstreamSlot, { path, host: options.preserveHost ? (exchange.arrived.headers.get('host') ?? '') : options.host });
      return undefined;
    };
  },
};

function protocolOf(exchange: Exchange, trusted: (address: string) => boolean): string {
  const own = exchange.connection.secure ? 'https' : 'http';
  return trusted(exchange.connection.remoteAddress) ? (exchange.arrived.headers.get('x-forwarded-proto') ?? own) : own;
}

function httpsNeeded(exchange: Exchange, status: number) {
  if (status === 426) return refuse(kongError(426, 'Please use HTTPS protocol', ['Connection', 'Upgrade', 'Upgrade', 'TLS/1.2, HTTP/1.1']));
  const host = (exchange.arrived.headers.get('host') ?? '').replace(/:\d+$/, '');
  return refuse(kongExit(status, null, ['Location', `https://${host}${exchange.arrived.target}`]));
}

export type SendOptions = Pick<UpstreamRequestOptions, 'trustedIps' | 'strip'> & { readonly sendRequestId: boolean };

/** The last thing before the upstream: nginx's proxy_set_header lines of Kong's template, which no plugin can undo. */
export const sendStep: StepKind<SendOptions> = {
  kind: 'kong/send',
  create({ trustedIps, strip, sendRequestId }, { random }) {
    const trusted = cidrMatcher(trustedIps);
    return (exchange) => {
      const upstream = exchange.read(upstreamSlot);
      if (upstream === undefined) return undefined;
      const { outgoing, arrived, connection } = exchange;
      const { headers } = outgoing;
      outgoing.method = exchange.method;
      const mark = exchange.query !== '' || exchange.arrived.target.endsWith('?');
      outgoing.target = `${escapeUri(upstream.path)}${mark ? `?${exchange.query}` : ''}`;
      if (upstream.host !== '') headers.set('Host', upstream.host);
      const isTrusted = trusted(connection.remoteAddress);
      const own = (name: string, value: string): void => headers.set(name, (isTrusted ? arrived.headers.get(name) : undefined) ?? value);
      const { path } = pathOf(arrived.target);
      const before = arrived.headers.joined('x-forwarded-for');
      headers.set('X-Real-IP', forwardedAddress(exchange, trusted));
      headers.set('X-Forwarded-For', before === undefined ? connection.remoteAddress : `${before}, ${connection.remoteAddress}`);
      own('X-Forwarded-Proto', connection.secure ? 'https' : 'http');
      own('X-Forwarded-Host', hostName(arrived.headers.get('host') ?? ''));
      own('X-Forwarded-Port', portOf(arrived.headers.get('host')) ?? String(exchange.listener.port));
      own('X-Forwarded-Path', path);
      const prefix = strip ? exchange.read(routerHit)?.matched : undefined;
      if (prefix !== undefined && prefix !== '') own('X-Forwarded-Prefix', prefix);
      else if (!isTrusted) headers.remove('x-forwarded-prefix');
      if (sendRequestId) headers.set('X-Kong-Request-Id', requestId(exchange, random));
      headers.set('Via', `${arrived.httpVersion} kong/${kongVersion}`);
      return undefined;
    };
  },
};

/** The release whose source the behaviour was read from. */
export const kongVersion = '3.10.0';

const pathOf = (target: string): { path: string } => ({ path: target.split('?')[0] as string });
const hostName = (field: string): string => field.replace(/:\d+$/, '').toLowerCase();
const portOf = (field: string | undefined): string | undefined => (field === undefined ? undefined : /:(\d+)$/.exec(field)?.[1]);
