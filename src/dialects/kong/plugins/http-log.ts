import type { FetchInit } from '../../../engine/kit.ts';
import { clientFinder, type RealIp } from '../client-address.ts';
import { readCustomFields, withCustomFields, type CustomField } from './custom-fields.ts';
import { logEntry } from './log-entry.ts';
import { loggedRoutes, type LoggedRoutes } from './logged-entities.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { EntryQueue, readQueue, type QueueOptions } from './queue.ts';

interface HttpLog {
  readonly endpoint: string;
  readonly method: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly queue: QueueOptions;
  readonly custom: readonly CustomField[];
  readonly routes: LoggedRoutes;
  readonly realIp: RealIp;
}

/** Source: kong/plugins/http-log/handler.lua. Sent behind the back of the request; nothing of it is told to the client. */
export const httpLog: KongPlugin = definePlugin<never, never, never, never, HttpLog>({
  name: 'http-log',
  read(config, { routes, node }) {
    config.get('keepalive').ignored('connections to the log server are pooled as those to upstreams');
    const given = config.get('http_endpoint');
    const text = given.string() ?? '';
    const isReference = /^\{vault:|\$\{\{/.test(text);
    if (isReference) given.ignored('a reference to a secret: where logs go is not known here, so none is sent');
    else if (!URL.canParse(text)) given.problem('DG1203', `http_endpoint is ${JSON.stringify(text)}`, 'expected a URL such as http://logs:8080/kong');
    const url = new URL(URL.canParse(text) ? text : 'http://invalid.invalid');
    const own = ['Content-Type', config.get('content_type').oneOf('application/json', 'application/json; charset=utf-8') ?? 'application/json'];
    // As it stands: nothing of it is decoded.
    const user = /^\w+:\/\/([^/?#@]*)@/.exec(text)?.[1] ?? '';
    if (user !== '') own.push('Authorization', `Basic ${Buffer.from(user).toString('base64')}`);
    const taken = new Set(['host', 'content-length', 'content-type', ...(user === '' ? [] : ['authorization'])]);
    const more = config
      .get('headers')
      .entries()
      .flatMap(([name, value]) => {
        const said = value.string();
        return said === undefined || taken.has(name.toLowerCase()) ? [] : [name, said];
      });
    const log: HttpLog = {
      // Kong leaves the query of the endpoint away.
      endpoint: `${url.protocol}//${url.host}${url.pathname}`,
      method: config.get('method').oneOf('POST', 'PUT', 'PATCH') ?? 'POST',
      headers: [...own, ...more],
      timeoutMs: config.get('timeout').number({ min: 1 }) ?? 10_000,
      queue: readQueue(config),
      custom: readCustomFields(config),
      routes: loggedRoutes(routes),
      realIp: node.realIp,
    };
    return { log: isReference ? undefined : log };
  },
  log({ endpoint, method, headers, timeoutMs, queue, custom, routes, realIp }, { random, clock, memory, fetch }) {
    const sources = { routes, clientOf: clientFinder(realIp), random };
    // Plugins with the same log server share a queue (make_queue_name).
    const key = `kong:http-log:${JSON.stringify([endpoint, method, headers, timeoutMs, queue])}`;
    const send = async (entries: readonly string[], within: FetchInit['within']): Promise<boolean> => {
      const body = Buffer.from(queue.batchSize === 1 ? (entries[0] ?? '') : `[${entries.join(',')}]`);
      try {
        return (await fetch(endpoint, { method, headers, body, timeoutMs, mappedOnly: true, untaped: true, ...(within && { within }) })).status < 300;
      } catch {
        return false;
      }
    };
    return (exchange) => {
      if (exchange.dry) return undefined;
      const time = exchange.clock ?? clock;
      const within = { scope: exchange.scope, clock: exchange.clock };
      memory
        .get(exchange.scope + key, () => new EntryQueue(queue, time))
        .add(JSON.stringify(withCustomFields(logEntry(exchange, time.now(), sources), custom)), (entries) => send(entries, within));
      return undefined;
    };
  },
});
