import type { Exchange } from '../../../engine/exchange.ts';
import type { Setting } from '../../../sources/setting.ts';
import { only } from '../tracing/context.ts';
import type { LoggedRoutes } from './logged-entities.ts';
import { readQueue, type QueueOptions } from './queue.ts';

export interface ZipkinReport {
  readonly endpoint: string;
  readonly queue: QueueOptions;
  readonly timeoutMs: number;
  readonly localService: string;
  readonly defaultService: string | undefined;
  readonly includeCredential: boolean;
  readonly staticTags: Readonly<Record<string, string>>;
  readonly tagsHeader: string;
  readonly nameWithPath: boolean;
  readonly flavor: 'annotations' | 'tags';
  readonly routes: LoggedRoutes;
}

export interface SpanIds {
  readonly traceId: string;
  readonly requestSpan: string;
  readonly requestParent: string | undefined;
  readonly proxySpan: string;
  readonly sampled: boolean;
}

const onlyReported = ['local_service_name', 'default_service_name', 'include_credential', 'static_tags', 'tags_header', 'http_span_name'];
onlyReported.push('phase_duration_flavor', 'connect_timeout', 'send_timeout', 'read_timeout', 'queue', 'retry_count', 'queue_size', 'flush_timeout');

/** Null without an endpoint. */
export function readReport(config: Setting, routes: LoggedRoutes): ZipkinReport | null {
  const endpoint =
    config.get('http_endpoint').approximately('spans go there through the upstream map; phases have no times of their own').string() ?? '';
  if (endpoint === '') {
    for (const key of onlyReported) config.get(key).ignored('without http_endpoint no span is reported');
    return null;
  }
  const limit = (key: string, usual: number): number =>
    config.get(key).approximately('the longest of the three limits counts for the whole request').number({ min: 0 }) ?? usual;
  return {
    endpoint,
    queue: readQueue(config),
    timeoutMs: Math.max(1, limit('connect_timeout', 2000), limit('send_timeout', 5000), limit('read_timeout', 5000)),
    localService: config.get('local_service_name').string() ?? 'kong',
    defaultService: config.get('default_service_name').string(),
    includeCredential: config.get('include_credential').boolean() ?? true,
    staticTags: Object.fromEntries(
      config
        .get('static_tags')
        .items()
        .map((tag) => [tag.get('name').string() ?? '', tag.get('value').string() ?? '']),
    ),
    tagsHeader: config.get('tags_header').string() ?? 'Zipkin-Tags',
    nameWithPath: config.get('http_span_name').oneOf('method', 'method_path') === 'method_path',
    flavor: config.get('phase_duration_flavor').oneOf('annotations', 'tags') ?? 'annotations',
    routes,
  };
}

/** `name=value;name=value` of a request field. */
const tagsIn = (text: string): [string, string][] =>
  text.split(';').flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    return at <= 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()]];
  });

/** The spans of the proxying and of the request, as Zipkin's API takes them (kong/plugins/zipkin/reporter.lua). */
export function spansOf(exchange: Exchange, ids: SpanIds, report: ZipkinReport, now: number): Record<string, unknown>[] {
  const { arrived, caller } = exchange;
  const path = arrived.target.split('?', 1)[0] as string;
  const name = report.nameWithPath ? `${arrived.method} ${path}` : arrived.method;
  const start = exchange.startedAt * 1000;
  const end = Math.max(start, now * 1000);
  const entities = exchange.route === null ? undefined : report.routes[exchange.route.id];
  const { remoteAddress, remotePort } = exchange.connection;
  const annotations = (early: readonly string[], late: readonly string[]): { value: string; timestamp: number }[] | undefined =>
    report.flavor === 'tags'
      ? undefined
      : [...early.map((value) => ({ value, timestamp: start })), ...late.map((value) => ({ value, timestamp: end }))];
  const span = (id: string, parentId: string | undefined, kind: string, more: Record<string, unknown>): Record<string, unknown> => ({
    traceId: ids.traceId,
    id,
    parentId,
    kind,
    timestamp: start,
    duration: end - start,
    localEndpoint: { serviceName: report.localService },
    ...more,
  });
  const serviceName = entities?.service?.name ?? report.defaultService;
  const serviceTags = entities?.service == null ? {} : { 'kong.service': entities.service.id, 'kong.route': entities.route.id };
  return [
    span(ids.proxySpan, ids.requestSpan, 'CLIENT', {
      name: `${name} (proxy)`,
      remoteEndpoint: serviceName === undefined ? undefined : { serviceName },
      tags: serviceTags,
      annotations: annotations(['kas', 'kaf'], ['khs', 'khf', 'kbs', 'kbf']),
    }),
    span(ids.requestSpan, ids.requestParent, 'SERVER', {
      name,
      remoteEndpoint: { [remoteAddress.includes(':') ? 'ipv6' : 'ipv4']: remoteAddress, port: remotePort, serviceName: report.defaultService },
      tags: {
        lc: report.localService,
        'http.method': arrived.method,
        'http.host': (arrived.headers.get('host') ?? '').replace(/:\d+$/, ''),
        'http.path': path,
        'http.protocol': `HTTP/${arrived.httpVersion}`,
        ...report.staticTags,
        ...Object.fromEntries(tagsIn(only(arrived.headers, report.tagsHeader) ?? '')),
        'http.status_code': String(exchange.response?.status ?? 0),
        ...(caller.consumer === undefined ? {} : { 'kong.consumer': caller.consumer.id }),
        ...(report.includeCredential && caller.credential !== undefined ? { 'kong.credential': caller.credential.id } : {}),
      },
      annotations: annotations(['krs', 'krf'], []),
    }),
  ];
}
