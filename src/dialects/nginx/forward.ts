import type { StepKind } from '../../engine/kit.ts';
import { MessageBody } from '../../engine/message-body.ts';
import { refuse } from '../../engine/outcome.ts';
import { Fields } from '../../http/fields.ts';
import { fault } from '../../model/fault.ts';
import { statusFault } from './faults.ts';
import type { ForwardOptions } from './options.ts';
import { stateOf } from './state.ts';
import { escapeUri } from './uri.ts';
import { compileValue, scopeOf } from './values.ts';

const notSent = new Set(['host', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'te', 'upgrade', 'expect', 'trailer']);

/** proxy_pass: where the request goes, its target and its header. */
export const forwardStep: StepKind<ForwardOptions> = {
  kind: 'nginx/proxy',
  create(options, { memory }) {
    const scope = scopeOf(options);
    scope.define('proxy_host', (exchange) => stateOf(exchange).proxyHost);
    scope.define('proxy_port', (exchange) => stateOf(exchange).proxyPort);
    const url = compileValue(scope, options.to);
    const variable = options.to.includes('$');
    const setHeaders = options.setHeaders.map(([name, value]) => [name, compileValue(scope, value)] as const);
    const own = new Set(options.setHeaders.map(([name]) => name.toLowerCase()));
    const method = options.method === null ? null : compileValue(scope, options.method);
    const setBody = options.setBody === null ? null : compileValue(scope, options.setBody);
    return (exchange) => {
      const state = stateOf(exchange);
      const length = Number(exchange.arrived.headers.get('content-length') ?? 0);
      if (options.maxBody > 0 && exchange.parent === null && length > options.maxBody) return refuse(statusFault(413));
      const [, scheme, host, uri] = /^(https?):\/\/([^/?]+)(.*)$/is.exec(url(exchange)) ?? [];
      if (scheme === undefined || host === undefined) return refuse(statusFault(500));
      const servers = Object.hasOwn(options.upstreams, host.toLowerCase()) ? options.upstreams[host.toLowerCase()] : undefined;
      if (variable && servers === undefined && /^[a-z]\w*$/i.test(host) && host !== 'localhost') return refuse(statusFault(502));
      const { outgoing } = exchange;
      const turn = memory.get(`${exchange.scope}nginx/upstream/${host}`, () => ({ next: 0 }));
      const address = servers === undefined ? host : (servers[turn.next++ % servers.length] as string);
      const port = scheme === 'https' ? 443 : 80;
      const full = /:\d+$/.test(address) ? address : `${address}:${port}`;
      outgoing.address = { names: [...new Set([full, address, host])], url: `${scheme}://${full}` };
      state.proxyHost = host.endsWith(`:${port}`) ? host.slice(0, -`:${port}`.length) : host;
      state.proxyPort = /:(\d+)$/.exec(host)?.[1] ?? String(port);
      const query = exchange.query === '' ? '' : `?${exchange.query}`;
      if (uri === '' || uri === undefined)
        outgoing.target = state.changed || exchange.parent !== null ? `${escapeUri(exchange.path)}${query}` : exchange.arrived.target;
      else if (variable) outgoing.target = uri.startsWith('?') ? `/${uri}` : uri;
      else if (state.broken || options.prefix === null) outgoing.target = `${escapeUri(exchange.path)}${query}`;
      else outgoing.target = `${uri.startsWith('?') ? '/' : ''}${uri}${escapeUri(exchange.path.slice(options.prefix.length))}${query}`;
      outgoing.method = method === null ? exchange.method : method(exchange);
      const headers = new Fields([]);
      for (const [name, value] of setHeaders) {
        const text = value(exchange);
        if (text !== '') headers.append(name, text);
      }
      if (!own.has('host')) headers.append('Host', state.proxyHost);
      if (!own.has('connection')) headers.append('Connection', 'close');
      if (options.passHeaders) {
        for (const [name, value] of exchange.arrived.headers) {
          const lower = name.toLowerCase();
          if (notSent.has(lower) || own.has(lower) || (!options.underscores && lower.includes('_'))) continue;
          headers.append(name, value);
        }
      }
      const { body } = exchange;
      if (setBody !== null) exchange.body = MessageBody.of(Buffer.from(setBody(exchange), 'latin1'));
      else if (!options.passBody) exchange.body = new MessageBody(null);
      outgoing.headers = headers;
      if (exchange.body === body && length > 0 && exchange.parent === null && !own.has('content-length'))
        headers.append('Content-Length', String(length));
      return outgoing.method === '' ? refuse(fault('internal', { cause: new Error('proxy_method is empty') })) : undefined;
    };
  },
};
