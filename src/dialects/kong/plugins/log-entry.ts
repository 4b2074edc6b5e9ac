import type { Exchange, ResponseState } from '../../../engine/exchange.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Client } from '../client-address.ts';
import { requestId } from '../request-id.ts';
import { traceIdsSlot } from '../tracing/propagation.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { correlationIdSlot } from './correlation-id.ts';
import type { LoggedRoutes } from './logged-entities.ts';
import { fieldTable, queryTable, requestFields } from './tables.ts';

export interface LogSources {
  readonly routes: LoggedRoutes;
  readonly clientOf: (exchange: Exchange) => Client;
  readonly random: () => number;
}

const redacted = new Set(['authorization', 'proxy-authorization']);

/** What Kong tells its log plugins of a request that is over (kong.log.serialize). `now` in ms. */
export function logEntry(exchange: Exchange, now: number, { routes, clientOf, random }: LogSources): Record<string, unknown> {
  const { arrived, caller, connection } = exchange;
  const response = exchange.response as ResponseState;
  const entities = exchange.route === null ? undefined : routes[exchange.route.id];
  const proxied = response.from === 'upstream';
  const elapsed = Math.max(0, Math.round(now - exchange.startedAt));
  const [host = '', port = String(exchange.listener.port)] = hostAndPort(arrived.headers.get('host') ?? '');
  const upstream = exchange.read(upstreamSlot);
  const { consumer, credential } = caller;
  return {
    request: {
      id: requestId(exchange, random),
      uri: arrived.target,
      url: `${connection.secure ? 'https' : 'http'}://${host}:${port}${arrived.target}`,
      querystring: queryTable(exchange.query),
      method: arrived.method,
      headers: fieldTable(requestFields(exchange), redacted),
      size: arrived.method.length + arrived.target.length + 12 + sizeOf(arrived.headers) + (exchange.body.length ?? 0),
      tls: connection.secure ? { client_verify: connection.clientCertificate?.verified === true ? 'SUCCESS' : 'NONE' } : undefined,
    },
    upstream_uri: exchange.outgoing.target ?? (upstream === undefined ? '' : `${upstream.path}${exchange.query === '' ? '' : `?${exchange.query}`}`),
    upstream_status: proxied ? String(response.status) : '',
    response: {
      status: response.status,
      headers: fieldTable(response.headers),
      size: 15 + sizeOf(response.headers) + (response.body.length ?? Number(response.headers.get('content-length') ?? 0)),
    },
    latencies: { kong: proxied ? 0 : elapsed, proxy: proxied ? elapsed : -1, request: elapsed },
    tries: exchange.upstream === null ? undefined : [tryOf(exchange.upstream, exchange.startedAt)],
    authenticated_entity: credential === undefined ? undefined : { id: credential.id, consumer_id: consumer?.id },
    route: entities?.route,
    service: entities?.service ?? undefined,
    consumer:
      consumer === undefined ? undefined : { id: consumer.id, username: consumer.username || undefined, custom_id: consumer.customId || undefined },
    client_ip: clientOf(exchange).address,
    started_at: exchange.startedAt,
    source: proxied ? 'upstream' : 'kong',
    trace_id: exchange.read(traceIdsSlot),
    correlation_id: exchange.read(correlationIdSlot),
  };
}

const sizeOf = (fields: Fields): number => fields.raw.reduce((sum, text) => sum + text.length + 2, 2);

function hostAndPort(field: string): string[] {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(field) ?? [];
  return port === undefined ? [host.toLowerCase()] : [host.toLowerCase(), port];
}
function tryOf(upstream: string, start: number): Record<string, unknown> {
  const [, ip = upstream, port] = /^(?:\w+:\/\/)?(.*?)(?::(\d+))?$/.exec(upstream) ?? [];
  return { ip, port: port === undefined ? undefined : Number(port), balancer_start: start, balancer_latency: 0 };
}
