import type { Exchange } from '../../../src/engine/exchange.ts';
import { Exchange as RealExchange } from '../../../src/engine/exchange.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import type { Seen } from '../../../src/dialects/kong/router/atc/fields.ts';
import type { KongWhen } from '../../../src/dialects/kong/router/when.ts';
import { declarativeId } from '../../../src/dialects/kong/entity-id.ts';
import { Fields } from '../../../src/http/fields.ts';
import type { Route } from '../../../src/model/gateway.ts';

const empty: KongWhen = {
  hosts: [],
  paths: [],
  methods: [],
  headers: [],
  snis: [],
  protocols: ['http', 'https'],
  sources: [],
  destinations: [],
  regexPriority: 0,
  createdAt: 0,
  id: '',
  name: '',
  expression: '',
  priority: 0,
};

export const whenOf = (more: Partial<KongWhen>): KongWhen => ({ ...empty, ...more });

export const routeOf = (name: string, more: Partial<KongWhen>): Route => ({
  id: name,
  when: whenOf({ name, id: name === '' ? '' : declarativeId('routes', name), ...more }),
  origin: { file: '', line: 1, column: 1, pointer: '' },
  label: { match: name, upstream: '' },
  request: [],
  destination: null,
  head: [],
  body: [],
  log: [],
});

export interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly headers?: readonly string[];
  readonly secure?: boolean;
  readonly sni?: string;
  readonly port?: number;
}

/** A request as the router sees it. */
export function seenOf({ method = 'GET', host = 'a.com', path = '/', headers = [], secure = false, sni, port = 8000 }: Asked): Seen {
  const listener = { name: 'proxy', port, protocol: secure ? 'https' : 'http' } as const;
  const exchange: Exchange = new RealExchange({
    arrived: { method, target: path, httpVersion: '1.1', headers: new Fields(['Host', host, ...headers]) },
    connection: { remoteAddress: '10.1.2.3', remotePort: 4_000, secure, ...(sni === undefined ? {} : { serverName: sni }) },
    listener,
    startedAt: 0,
    body: MessageBody.of(''),
  });
  const [, name = host, given] = /^([^:]*):(\d+)$/.exec(host) ?? [];
  const client = { address: '10.1.2.3', port: 4_000 };
  return { exchange, uri: exchange.path, host: name, port: given === undefined ? port : Number(given), scheme: secure ? 'https' : 'http', client };
}
