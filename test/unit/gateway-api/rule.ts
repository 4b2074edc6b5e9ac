import type { RuleFacts } from '../../../src/dialects/gateway-api/backends/resolve.ts';
import { readBackends } from '../../../src/dialects/gateway-api/backends/read-backends.ts';
import { readFilters } from '../../../src/dialects/gateway-api/filters/read-filters.ts';
import { matchedPrefix } from '../../../src/dialects/gateway-api/matching/matched.ts';
import { ownFaults } from '../../../src/dialects/gateway-api/own-faults.ts';
import { stepsKit } from '../../../src/dialects/gateway-api/steps-kit.ts';
import { Exchange } from '../../../src/engine/exchange.ts';
import type { Answer, Kit } from '../../../src/engine/kit.ts';
import { link, type SiteProgram } from '../../../src/engine/link.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import { refuse, type Failure } from '../../../src/engine/outcome.ts';
import { ownAnswer } from '../../../src/engine/own-answer.ts';
import { run } from '../../../src/engine/run.ts';
import { GatewayClock } from '../../../src/gateway/clock.ts';
import { Fields } from '../../../src/http/fields.ts';
import { fault, type FaultBook } from '../../../src/model/fault.ts';
import { defaultLimits, type ProxyOptions, type Route } from '../../../src/model/gateway.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { nowhere } from '../../../src/model/origin.ts';
import { Setting } from '../../../src/sources/setting.ts';
import { parseYaml } from '../../../src/sources/yaml.ts';
import { Sent, testDeps } from '../engine/site.ts';

/** What a backend was asked. */
export interface Asked {
  readonly upstream: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  readonly body: string;
  readonly options: ProxyOptions;
}
interface Setup {
  /** What a backend answers; by default 200. */
  readonly answer?: (asked: Asked, clock: GatewayClock) => Answer | Failure | Promise<Answer | Failure>;
  /** The prefix that the matcher has chosen the rule by. */
  readonly prefix?: string;
  /** Of the route. */
  readonly kind?: 'HTTPRoute' | 'GRPCRoute';
}
interface Request {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly secure?: boolean;
  readonly port?: number;
  readonly host?: string;
}

export const answer = (status = 200, headers: string[] = [], text = ''): Answer => ownAnswer(status, headers, Buffer.from(text));
export const noConnection: Failure = refuse(fault('upstream-unreachable', { upstream: 'x', reason: 'refused' }));

const statuses: Readonly<Record<string, number>> = { 'upstream-timeout': 504, 'upstream-unreachable': 503 };
const core = new Proxy({} as FaultBook<Exchange | null>, {
  get: (_, kind: string) => () => ({ status: statuses[kind] ?? 500, headers: [], body: kind }),
});

/** One rule of a route, in namespace `shop`, whose references lead to Services of their names; that of the name `gone` to nothing. */
export function ruleOf(yaml: string, { answer: answering = () => answer(), prefix = '/', kind = 'HTTPRoute' }: Setup = {}) {
  const ledger = new Ledger();
  const rule = Setting.root(parseYaml(yaml, 'rule.yaml')[0]!, 'rule.yaml', ledger, 'gateway-api');
  const facts: RuleFacts = {
    kind,
    route: `${kind} shop/r`,
    namespace: 'shop',
    resolve(ref, namespace) {
      const name = ref.get('name').string() ?? '';
      const port = ref.get('port').number() ?? 80;
      const place = ref.get('namespace').string() ?? namespace;
      if (name === 'gone') return { problem: 'there is no Service gone' };
      return { upstream: `${place}/${name}:${port}`, ...(name === 'h2' ? { protocol: 'h2c' } : {}) };
    },
  };
  const filters = readFilters(rule, facts);
  const { destination, head } = readBackends(rule, facts);
  const asked: Asked[] = [];
  const clock = new GatewayClock();
  clock.freeze();
  const kit: Kit = {
    destinations: [
      {
        kind: 'proxy',
        create: (options: ProxyOptions) => async (exchange) => {
          const { method, target, headers } = exchange.outgoing;
          const body = (await exchange.body.whole()).toString();
          const { path, query } = exchange;
          const one = {
            upstream: options.names[0]!,
            method,
            target: target ?? (query === '' ? path : `${path}?${query}`),
            headers: headers.copy(),
            body,
            options,
          };
          asked.push(one);
          return answering(one, clock);
        },
      },
    ],
    matchers: [
      {
        kind: 'test',
        build: (_: null, routes: readonly Route[]) => (exchange) => {
          if (prefix !== '') exchange.write(matchedPrefix, prefix);
          return { route: routes[0]!, params: {} };
        },
      },
    ],
    faultBooks: [{ kind: 'test', build: () => ({ core, own: ownFaults }) }],
  };
  const named = { kind: 'test', options: null, origin: nowhere };
  const site = {
    id: 'test',
    dialect: 'test',
    faults: named,
    matcher: named,
    listeners: [],
    hosts: [],
    arrival: [],
    routes: [
      {
        id: 'rule',
        when: { path: { type: 'PathPrefix', value: prefix === '' ? '/' : prefix } },
        origin: nowhere,
        label: { match: '', upstream: '' },
        request: filters.request,
        head: [...head, ...filters.head],
        body: [],
        log: [],
        destination,
      },
    ],
    noRoute: { request: [], head: [], body: [], log: [], destination: null },
    limits: defaultLimits,
  };
  const program = link({ sites: [site], upstreams: {} }, [stepsKit, kit], { ...testDeps(), clock }).sites[0] as SiteProgram;
  return {
    asked,
    clock,
    ledger,
    async send(target = '/', { method = 'GET', headers = [], body = '', secure = false, port = 80, host = 'a.test' }: Request = {}): Promise<Sent> {
      const sent = new Sent();
      const exchange = new Exchange({
        arrived: { method, target, httpVersion: '1.1', headers: new Fields(['Host', host, ...headers]) },
        connection: { remoteAddress: '127.0.0.1', remotePort: 1, secure },
        listener: { name: 'test', port, protocol: secure ? 'https' : 'http' },
        startedAt: 0,
        body: body === '' ? new MessageBody(null) : MessageBody.of(body),
      });
      await run(program, exchange, sent);
      return sent;
    },
  };
}
