import { noTestTokens } from '../../../src/engine/test-tokens.ts';
import { Exchange } from '../../../src/engine/exchange.ts';
import type { BodyStep, Deps, Kit, StepFunction } from '../../../src/engine/kit.ts';
import { link, type SiteProgram } from '../../../src/engine/link.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import { refuse } from '../../../src/engine/outcome.ts';
import type { Responder } from '../../../src/engine/run.ts';
import { bytesSource } from '../../../src/http/body.ts';
import { Fields } from '../../../src/http/fields.ts';
import { fault, type FaultBook, type Wording } from '../../../src/model/fault.ts';
import { defaultLimits, type Destination, type Plan, type Route, type Step } from '../../../src/model/gateway.ts';
import { nowhere } from '../../../src/model/origin.ts';
import { GatewayClock } from '../../../src/gateway/clock.ts';
import { MemoryStore, ProcessMemory } from '../../../src/gateway/store.ts';

export const testDeps = (): Deps => ({
  clock: new GatewayClock(),
  store: new MemoryStore(),
  storeAt: () => null,
  memory: new ProcessMemory(),
  random: () => 0,
  fetch: () => Promise.reject(new Error('nothing to fetch')),
  functions: () => undefined,
  testTokens: noTestTokens,
  secretFields: new Set<string>(),
});

/** Every fault answers with its kind as the body. */
const kinds = [
  'bad-request',
  'method-unknown',
  'target-too-long',
  'header-too-large',
  'body-too-large',
  'length-required',
  'request-timeout',
  'unsupported-media-type',
  'no-route',
  'method-not-allowed',
  'unauthenticated',
  'forbidden',
  'rate-limited',
  'upstream-unmapped',
  'upstream-unresolved',
  'upstream-unreachable',
  'upstream-connect-timeout',
  'upstream-timeout',
  'upstream-reset',
  'upstream-malformed',
  'too-many-jumps',
  'not-implemented',
  'internal',
] as const;
const core = Object.fromEntries(
  kinds.map((kind) => [kind, (): Wording => ({ status: kind === 'no-route' ? 404 : 500, headers: ['X-Fault', kind], body: kind })]),
) as unknown as FaultBook<Exchange | null>;

interface TestRoute {
  readonly path?: string;
  readonly request?: readonly StepFunction[];
  readonly head?: readonly StepFunction[];
  readonly body?: readonly BodyStep[];
  readonly log?: readonly StepFunction[];
  /** null: nothing to send to. */
  readonly answer?: ((exchange: Exchange) => { status: number; headers?: string[]; body?: string | Buffer }) | null;
}

/** A site made of functions: what the engine does with a dialect, without one. */
export function site(routes: Readonly<Record<string, TestRoute>>, arrival: readonly StepFunction[] = [], noRoute: TestRoute = {}): SiteProgram {
  const steps: StepFunction[] = [];
  const bodies: BodyStep[] = [];
  const answers: NonNullable<TestRoute['answer']>[] = [];
  const named = (kind: string, options: unknown): Step => ({ kind, options, origin: nowhere });
  const stepOf = (run: StepFunction): Step => named('test', steps.push(run) - 1);
  const planOf = (route: TestRoute): Plan => ({
    request: (route.request ?? []).map(stepOf),
    head: (route.head ?? []).map(stepOf),
    body: (route.body ?? []).map((run) => named('test', bodies.push(run) - 1)),
    log: (route.log ?? []).map(stepOf),
    destination: route.answer ? ({ ...named('test', answers.push(route.answer) - 1), children: [] } satisfies Destination) : null,
  });
  const kit: Kit = {
    steps: [{ kind: 'test', create: (index: number) => steps[index] as StepFunction }],
    bodies: [{ kind: 'test', create: (index: number) => bodies[index] as BodyStep }],
    destinations: [
      {
        kind: 'test',
        create: (index: number) => (exchange) => {
          const { status, headers = [], body = '' } = (answers[index] as NonNullable<TestRoute['answer']>)(exchange);
          const bytes = Buffer.from(body as string);
          return { ...bytesSource(bytes), status, headers: new Fields(headers), length: bytes.length };
        },
      },
    ],
    matchers: [
      {
        kind: 'test',
        build: (_: null, all: readonly Route[]) => (exchange) => {
          const route = all.find((one) => one.when === exchange.path);
          return route ? { route, params: {} } : refuse(fault('no-route', { path: exchange.path }));
        },
      },
    ],
    faultBooks: [{ kind: 'test', build: () => ({ core, own: { 'test/own': () => ({ status: 499, headers: [], body: 'own' }) } }) }],
  };
  const model = {
    id: 'test',
    dialect: 'test',
    faults: named('test', null),
    matcher: named('test', null),
    listeners: [],
    hosts: [],
    arrival: arrival.map(stepOf),
    routes: Object.entries(routes).map(([id, route]): Route => ({
      ...planOf(route),
      id,
      when: route.path ?? null,
      origin: nowhere,
      label: { match: id, upstream: '' },
    })),
    noRoute: planOf(noRoute),
    limits: defaultLimits,
  };
  return link({ sites: [model], upstreams: {} }, [kit], testDeps()).sites[0] as SiteProgram;
}

export function exchange(method = 'GET', target = '/', body = ''): Exchange {
  return new Exchange({
    arrived: { method, target, httpVersion: '1.1', headers: new Fields(['Host', 'a.test', 'X-One', '1']) },
    connection: { remoteAddress: '127.0.0.1', remotePort: 1, secure: false },
    listener: { name: 'test', port: 80, protocol: 'http' },
    startedAt: 0,
    body: body === '' ? new MessageBody(null) : MessageBody.of(body),
  });
}

/** Keeps what was sent. */
export class Sent implements Responder {
  status = 0;
  text = '';
  headers: Fields = new Fields();

  async send(_: Exchange, response: { status: number; headers: Fields; body: MessageBody }): Promise<void> {
    this.status = response.status;
    this.headers = response.headers;
    this.text = (await response.body.whole()).toString();
  }
}
