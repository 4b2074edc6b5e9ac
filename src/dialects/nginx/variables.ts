import type { Exchange } from '../../engine/exchange.ts';
import { stateOf } from './state.ts';

/** A value with variables, compiled. */
export type Value = (exchange: Exchange) => string;

const addressed = /^(.*?)(?::\d+)?$/;
export const hostOf = (exchange: Exchange): string => {
  const host = exchange.arrived.headers.get('host') ?? '';
  return (addressed.exec(host)?.[1] ?? '').replace(/\.$/, '').toLowerCase() || stateOf(exchange).serverName;
};

const known: Readonly<Record<string, Value>> = {
  uri: (exchange) => exchange.path,
  document_uri: (exchange) => exchange.path,
  args: (exchange) => exchange.query,
  query_string: (exchange) => exchange.query,
  is_args: (exchange) => (exchange.query === '' ? '' : '?'),
  request_uri: (exchange) => exchange.arrived.target,
  request_method: (exchange) => (exchange.parent ?? exchange).arrived.method,
  request: (exchange) => `${exchange.arrived.method} ${exchange.arrived.target} HTTP/${exchange.arrived.httpVersion}`,
  scheme: (exchange) => (exchange.connection.secure ? 'https' : 'http'),
  https: (exchange) => (exchange.connection.secure ? 'on' : ''),
  host: hostOf,
  server_name: (exchange) => stateOf(exchange).serverName,
  server_port: (exchange) => String(exchange.listener.port),
  server_addr: () => '127.0.0.1',
  server_protocol: (exchange) => `HTTP/${exchange.arrived.httpVersion}`,
  remote_addr: (exchange) => exchange.connection.remoteAddress,
  realip_remote_addr: (exchange) => exchange.connection.remoteAddress,
  remote_port: (exchange) => String(exchange.connection.remotePort),
  binary_remote_addr: (exchange) => exchange.connection.remoteAddress,
  content_length: (exchange) => exchange.arrived.headers.get('content-length') ?? '',
  content_type: (exchange) => exchange.arrived.headers.get('content-type') ?? '',
  status: (exchange) => String(exchange.response?.status ?? 0),
  upstream_status: (exchange) => stateOf(exchange).upstreamStatus,
  limit_req_status: (exchange) => stateOf(exchange).limitStatus,
  nginx_version: () => '1.22.1',
  proxy_add_x_forwarded_for: (exchange) => [...exchange.arrived.headers.getAll('x-forwarded-for'), exchange.connection.remoteAddress].join(', '),
  remote_user: (exchange) => {
    const given = /^basic +(.*)$/i.exec(exchange.arrived.headers.get('authorization') ?? '')?.[1];
    return given === undefined ? '' : (Buffer.from(given, 'base64').toString('latin1').split(':')[0] as string);
  },
};

/** A dashed field name of a variable's: `x_y` is `x-y`. */
const dashed = (name: string): string => name.replaceAll('_', '-');

/** Variables that the configuration defines: `set`, `map`, `geo`, captures by name. */
export class Scope {
  readonly #own: Map<string, Value> = new Map();

  define(name: string, value?: Value): void {
    if (value !== undefined || !this.#own.has(name)) this.#own.set(name, value ?? ((exchange) => stateOf(exchange).variables.get(name) ?? ''));
  }

  /** The reader of a variable, or undefined where nginx would say `unknown variable`. */
  find(name: string): Value | undefined {
    if (/^\d$/.test(name)) return (exchange) => stateOf(exchange).captures[Number(name)] ?? '';
    const own = this.#own.get(name) ?? (Object.hasOwn(known, name) ? known[name] : undefined);
    if (own !== undefined) return own;
    const [, kind, rest] = /^(arg|http|cookie|sent_http|upstream_http)_(.+)$/.exec(name) ?? [];
    if (kind === undefined || rest === undefined) return name.startsWith('upstream_') ? () => '' : undefined;
    if (kind === 'http') return (exchange) => exchange.arrived.headers.joined(dashed(rest)) ?? '';
    if (kind === 'sent_http' || kind === 'upstream_http') return (exchange) => exchange.response?.headers.joined(dashed(rest)) ?? '';
    if (kind === 'cookie') return (exchange) => pick((exchange.arrived.headers.getAll('cookie').join('; ') || '').split(/; */), rest, false);
    return (exchange) => pick(exchange.query.split('&'), rest, true);
  }

  /** Compiles a text with variables. Unknown ones are told to `unknown`. `wrap` escapes what a capture or variable brings. */
  compile(text: string, unknown: (name: string) => void, wrap: (value: string, before: string, name: string) => string = (value) => value): Value {
    const parts: (string | Value)[] = [];
    let before = '';
    for (const part of text.split(/(\$\{\w+\}|\$\w+)/)) {
      const name = /^\$\{?(\w+)\}?$/.exec(part)?.[1];
      if (name === undefined) {
        if (part !== '') parts.push(part);
      } else {
        const capture = /^\d/.test(name) && part.startsWith('$') && !part.startsWith('${') && name.length > 1;
        const value = this.find(capture ? (name[0] as string) : name);
        if (value === undefined) unknown(name);
        else {
          const soFar = before;
          parts.push((exchange) => wrap(value(exchange), soFar, name));
          if (capture) parts.push(name.slice(1));
        }
      }
      before += part;
    }
    if (parts.every((part) => typeof part === 'string')) {
      const fixed = parts.join('');
      return () => fixed;
    }
    return (exchange) => parts.map((part) => (typeof part === 'string' ? part : part(exchange))).join('');
  }
}

function pick(pairs: readonly string[], name: string, anyCase: boolean): string {
  for (const pair of pairs) {
    const mark = pair.indexOf('=');
    const key = mark < 0 ? pair : pair.slice(0, mark);
    if (mark >= 0 && (anyCase ? key.toLowerCase() === name.toLowerCase() : key === name)) return pair.slice(mark + 1);
  }
  return '';
}
