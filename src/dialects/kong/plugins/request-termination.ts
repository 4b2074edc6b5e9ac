import type { Exchange } from '../../../engine/exchange.ts';
import { refuse } from '../../../engine/outcome.ts';
import { parseQuery } from '../../../http/query.ts';
import type { Setting } from '../../../sources/setting.ts';
import { kongExit } from '../faults.ts';
import { normalizeUri } from '../router/uri.ts';
import type { KongWhen } from '../router/when.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Termination {
  readonly status: number;
  readonly message: string | null;
  readonly body: string | null;
  readonly type: string | null;
  readonly echo: boolean;
  readonly trigger: string | null;
}
const usual: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
};

/** Source: kong/plugins/request-termination/handler.lua and schema.lua. */
export const requestTermination: KongPlugin = definePlugin<Termination>({
  name: 'request-termination',
  read(config) {
    const options: Termination = {
      status: config.get('status_code').number({ min: 100, max: 599, integer: true }) ?? 503,
      message: config.get('message').string() ?? null,
      body: config.get('body').string() ?? null,
      type: config.get('content_type').string() ?? null,
      echo:
        config.get('echo').approximately('the ids of the node, and what the route and the service are beyond the router, are not echoed').boolean() ??
        false,
      trigger: config.get('trigger').string() ?? null,
    };
    check(config, options);
    return { access: options };
  },
  access({ status, message, body, type, echo, trigger }) {
    const said = message ?? usual[status];
    const answer =
      body === null
        ? kongExit(status, said === undefined ? null : { message: said })
        : kongExit(status, body, type === null ? [] : ['Content-Type', type]);
    const refusal = refuse(answer);
    return (exchange) => {
      if (trigger !== null && !isTriggered(exchange, trigger)) return undefined;
      if (!echo) return refusal;
      return exchange.body
        .whole(1024 * 1024)
        .then((bytes) => refuse(kongExit(status, { ...(said === undefined ? {} : { message: said }), ...echoOf(exchange, bytes) })));
    };
  },
});

function check(config: Setting, { message, body, type, echo }: Termination): void {
  const conflict = (key: string, what: string): undefined => config.get(key).problem('DG1206', what, 'message, or body with content_type, or echo');
  if (message && (type || body)) conflict('message', 'message cannot be used with content_type or body');
  else if (type && !body) conflict('content_type', 'content_type requires a body');
  else if (echo && (type || body)) conflict('echo', 'echo cannot be used with content_type and body');
}

/** By a header, whose dashes may be underscores, or a query parameter. */
const isTriggered = ({ arrived, query }: Exchange, trigger: string): boolean =>
  arrived.headers.has(trigger) || arrived.headers.has(trigger.replaceAll('_', '-')) || parseQuery(query).some(([name]) => name === trigger);

function echoOf(exchange: Exchange, body: Buffer): object {
  const { arrived, connection, listener } = exchange;
  const text = body.toString('utf8');
  return {
    request: {
      scheme: connection.secure ? 'https' : 'http',
      host: (arrived.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase(),
      port: listener.port,
      headers: grouped([...arrived.headers].map(([name, value]) => [name.toLowerCase(), value])),
      query: grouped(parseQuery(exchange.query)),
      body: parsed(arrived.headers.get('content-type'), text),
      raw_body: text,
      method: exchange.method,
      path: normalizeUri(arrived.target.split('?')[0] as string),
      uri_captures: captures(exchange),
    },
    matched_route: routeOf(exchange),
  };
}

/** What comes more than once is a list. */
function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string | string[]> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [before, value].flat());
  }
  return found;
}

function parsed(type: string | undefined, text: string): unknown {
  if (type?.startsWith('application/x-www-form-urlencoded') === true) return grouped(parseQuery(text));
  if (type?.startsWith('application/json') !== true) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function captures({ params }: Exchange): object {
  const unnamed: string[] = [];
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    if (!/^\d+$/.test(name)) named[name] = value;
    else if (name !== '0') unnamed.push(value);
  }
  return { unnamed, named };
}

function routeOf({ route }: Exchange): object | undefined {
  if (route === null) return undefined;
  const { id, hosts, paths, methods, headers, snis, protocols, regexPriority } = route.when as KongWhen;
  const some = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list);
  return {
    id,
    name: route.id,
    hosts: some(hosts),
    paths: some(paths),
    methods: some(methods),
    headers: headers.length === 0 ? null : Object.fromEntries(headers),
    snis: some(snis),
    protocols,
    regex_priority: regexPriority,
  };
}
