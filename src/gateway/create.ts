import path from 'node:path';
import type { Exchange } from '../engine/exchange.ts';
import type { Deps, UserFunction } from '../engine/kit.ts';
import type { Program } from '../engine/link.ts';
import { MessageBody } from '../engine/message-body.ts';
import { answerFault, run, wordFault, type Responder } from '../engine/run.ts';
import { Trace } from '../engine/trace.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects as allDialects } from '../dialects/index.ts';
import { Fields } from '../http/fields.ts';
import type { Fault } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { Recording } from '../traffic/recording.ts';
import { Traffic } from '../traffic/traffic.ts';
import { documentFetcher } from '../transport/fetch-document.ts';
import { fromWeb, inProcessExchange, WebResponder, type InProcessRequest } from '../transport/in-process.ts';
import { receive } from '../transport/listen-http.ts';
import { localAuthority, type LocalAuthority } from '../transport/local-ca/authority.ts';
import { authorityFolder } from '../transport/local-ca/folder.ts';
import { TestIdentity } from '../identity/test-identity.ts';
import { TestKeys } from '../identity/test-keys.ts';
import { policyKit } from '../policies/kit.ts';
import { PlannedFaults } from '../transport/planned-faults.ts';
import { Pools } from '../transport/pools.ts';
import { proxyKind } from '../transport/proxy.ts';
import type { Reception } from '../transport/reception.ts';
import { factsOf, faultOfHead } from '../transport/request-head.ts';
import { Upstreams, type UpstreamTarget } from '../transport/upstreams.ts';
import { GatewayClock } from './clock.ts';
import { Dispatch } from './dispatch.ts';
import { recordOf } from './exchange-record.ts';
import { InFlight } from './in-flight.ts';
import { standInFor } from './local-names.ts';
import { openPort, type OpenPort } from './listen.ts';
import { build, load, type ConfigInput, type Loaded, type LoadRequest } from './load.ts';
import { fidelityOf, routesOf } from './report.ts';
import { MemoryStore, ProcessMemory } from './store.ts';
import { watchFiles, type Watching } from './watch.ts';
import type { Explanation, FetchOptions, Gateway, GatewayOptions, ListenerInfo, RawRequest } from './types.ts';

/**
 * Starts a gateway from a production configuration.
 * @throws DevgatewayError with every problem of the configuration, each with its file, line and remedy.
 */
export async function createGateway(options: GatewayOptions = {}, dialects: readonly Dialect[] = allDialects): Promise<Gateway> {
  const host = options.host ?? '127.0.0.1';
  const { upstreamTargets, functions } = splitUpstreams(options.upstreams ?? {});
  const overriddenFunctions = new Map<string, UserFunction>();
  const clock = new GatewayClock();
  const store = new MemoryStore();
  const memory = new ProcessMemory();
  const pools = new Pools();
  const upstreams = new Upstreams(upstreamTargets);
  const faults = new PlannedFaults();
  const services = { pools, upstreams, clock, faults };
  const identity = new TestIdentity(new TestKeys(path.join(options.folder ?? process.cwd(), '.devgateway'), options.keepTokenKeys ?? false));
  const deps: Deps = {
    clock,
    store,
    memory,
    random: Math.random,
    fetch: documentFetcher(services),
    functions: (name) => overriddenFunctions.get(name) ?? functions.get(name),
    testTokens: identity,
  };
  const kits = [policyKit, { destinations: [proxyKind(services)] }];

  let config: ConfigInput = options.config ?? '.';
  const request = (): LoadRequest => ({
    config,
    dialect: options.dialect,
    folder: options.folder ?? process.cwd(),
    envFiles: options.envFiles ?? [],
    options: {
      ...(options.stage === undefined ? {} : { stage: options.stage }),
      variables: options.variables ?? {},
      env: options.env ?? process.env,
    },
  });
  const prove = async (): Promise<{ loaded: Loaded; program: Program }> => {
    const loaded = withLimits(await load(request(), dialects), options.limits ?? {});
    return { loaded, program: identity.collect(() => build(loaded, dialects, kits, deps)) };
  };
  let { loaded, program } = await prove();
  let dispatch = new Dispatch(program);
  upstreams.configure(program.gateway.upstreams);

  const inFlight = new InFlight();
  const traffic = options.traffic === false ? null : new Traffic(() => clock.now(), realTimer);
  const localNames = options.asHost === undefined ? null : standInFor(options.asHost === true ? '' : options.asHost);
  const reception: Reception = {
    now: () => clock.now(),
    handle(exchange, responder, refused) {
      inFlight.track(handle(exchange, localNames === null ? responder : localNames(exchange, responder), refused));
    },
    wordFault: (listener, what) => wordFault(dispatch.defaultSite(listener).book, what, null),
  };
  const handle = (exchange: Exchange, responder: Responder, refused: Fault | null): Promise<void> => {
    const site = dispatch.siteOf(exchange);
    const recording = traffic === null || exchange.dry ? null : new Recording(exchange);
    const done = refused === null ? run(site, exchange, responder) : answerFault(site, exchange, refused, responder);
    const { onExchange } = options;
    if (recording === null && onExchange === undefined) return done;
    return done.then(() => {
      if (recording !== null) traffic?.add(recording);
      onExchange?.(recordOf(exchange, clock.now()));
    });
  };
  const limitsOf = (listener: Listener): Limits => dispatch.defaultSite(listener).site.limits;
  const judge = (one: InProcessRequest): Fault | null => faultOfHead(one.method, one.target, '1.1', factsOf(one.headers.raw), limitsOf(first()));

  let madeAuthority: LocalAuthority | null = null;
  const authority = (): LocalAuthority =>
    (madeAuthority ??= localAuthority(authorityFolder(options.folder ?? process.cwd(), options.env ?? process.env)));
  const ports: OpenPort[] = [];
  for (const [index, shared] of dispatch.ports.entries()) {
    const port = index === 0 ? (options.port ?? 0) : 0;
    ports.push(await openPort({ listeners: shared, limits: limitsOf(shared[0]), host, port, reception, authority }));
  }
  const listeners = ports.flatMap((one) => one.infos);

  const first = (): Listener => dispatch.ports[0]?.[0] as Listener;
  const swap = async (next?: ConfigInput): Promise<void> => {
    const before = config;
    if (next !== undefined) config = next;
    try {
      const proven = await prove();
      ({ loaded, program } = proven);
      dispatch = new Dispatch(program);
      upstreams.configure(program.gateway.upstreams);
    } catch (error) {
      config = before;
      throw error;
    }
  };
  // One after the other: what was asked for last is what serves in the end.
  let swaps: Promise<void> = Promise.resolve();
  const reload = (next?: ConfigInput): Promise<void> => {
    const mine = swaps.then(() => swap(next));
    swaps = mine.catch(() => {});
    return mine;
  };
  let failed = false;
  const changed = async (): Promise<void> => {
    try {
      if (!failed && loaded.isUnchanged()) return;
      failed = true;
      await reload();
      failed = false;
      watching?.add(loaded.watched);
      options.onReload?.(null);
    } catch (error) {
      options.onReload?.(error);
    }
  };
  const watching: Watching | null = options.watch === true ? await watchFiles(loaded.watched, changed) : null;
  const close = async (): Promise<void> => {
    await watching?.close();
    const idle = inFlight.idle(options.closeGraceMs ?? 5_000);
    await Promise.all(ports.map((one) => one.close(idle)));
    clock.close();
    await Promise.all([pools.close(), upstreams.close()]);
  };

  return {
    get url() {
      return (listeners[0] as ListenerInfo).url;
    },
    listeners,
    urlFor(query) {
      const wanted = typeof query === 'number' ? { port: query } : query;
      const found = listeners.find((one) =>
        Object.entries(wanted).every(([key, value]) => value === undefined || one[key as keyof ListenerInfo] === value),
      );
      if (found === undefined) throw new TypeError(`there is no listener for ${JSON.stringify(wanted)}`);
      return found.url;
    },
    async fetch(input, fetchOptions) {
      const responder = new WebResponder();
      const request = inProcess(input, fetchOptions);
      reception.handle(inProcessExchange(request, first(), clock.now()), responder, judge(request));
      return responder.response;
    },
    listener: (req, res) => receive(req, res, first(), limitsOf(first()), reception),
    middleware: () => (req, res, next) => receive(req, res, first(), limitsOf(first()), reception, false, next),
    clock,
    token: (claims = {}, tokenOptions = {}) => identity.token(claims, tokenOptions, clock.now()),
    get expectedTokens() {
      return identity.shapes.map(({ issuer, audience, algorithms }) => ({ issuer, audience, algorithms }));
    },
    async explain(input, fetchOptions): Promise<Explanation> {
      const request = inProcess(input, fetchOptions);
      const exchange = inProcessExchange(request, first(), clock.now());
      exchange.trace = new Trace();
      exchange.dry = true;
      const responder = new WebResponder();
      await handle(exchange, responder, judge(request));
      const sent = exchange.response?.from === 'upstream';
      return {
        status: exchange.response?.status ?? 0,
        route: exchange.route?.id ?? null,
        decisions: exchange.trace.entries,
        upstream: sent
          ? { method: exchange.outgoing.method, target: exchange.outgoing.target ?? exchange.path, headers: exchange.outgoing.headers.raw }
          : null,
      };
    },
    get routes() {
      return routesOf(program.gateway);
    },
    get fidelity() {
      return fidelityOf(loaded.ledger, dialects);
    },
    get sources() {
      return loaded.sources;
    },
    get diagnostics() {
      return loaded.ledger.diagnostics;
    },
    get traffic() {
      if (traffic === null) throw new TypeError('this gateway was started with traffic: false');
      return traffic;
    },
    override(upstream, handler) {
      if (!upstream.startsWith('function:')) return upstreams.override(upstream, handler as UpstreamTarget);
      const name = upstream.slice('function:'.length);
      overriddenFunctions.set(name, handler as UserFunction);
      return () => void overriddenFunctions.delete(name);
    },
    fault: (upstream, plan) => faults.plan(upstream, plan),
    async reset() {
      upstreams.clearOverrides();
      overriddenFunctions.clear();
      faults.clear();
      traffic?.clear();
      store.clear();
      memory.clear();
      clock.reset();
    },
    reload,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Of the machine's time: a frozen clock must not keep a test from ending. */
function realTimer(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** What was asked for in code or on the command line stands above the configuration. */
function withLimits(loaded: Loaded, limits: Partial<Limits>): Loaded {
  const { gateway } = loaded;
  return { ...loaded, gateway: { ...gateway, sites: gateway.sites.map((site) => ({ ...site, limits: { ...site.limits, ...limits } })) } };
}

function inProcess(input: Request | RawRequest | string, options: FetchOptions = {}): InProcessRequest {
  const remote = peerOf(options.remoteAddress ?? '127.0.0.1');
  if (typeof input === 'string') return fromWeb(new Request(new URL(input, 'http://localhost')), remote);
  if (input instanceof Request) return fromWeb(input, remote);
  return {
    method: input.method,
    target: input.target,
    headers: new Fields([...input.rawHeaders]),
    body: input.body === undefined ? new MessageBody(null) : MessageBody.of(typeof input.body === 'string' ? input.body : Buffer.from(input.body)),
    secure: false,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
}

function peerOf(text: string): { address: string; port: number } {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  return match === null ? { address: text, port: 0 } : { address: (match[1] ?? match[2]) as string, port: Number(match[3]) };
}

function splitUpstreams(given: Readonly<Record<string, UpstreamTarget | UserFunction>>): {
  upstreamTargets: Record<string, UpstreamTarget>;
  functions: Map<string, UserFunction>;
} {
  const upstreamTargets: Record<string, UpstreamTarget> = {};
  const functions = new Map<string, UserFunction>();
  for (const [name, target] of Object.entries(given)) {
    if (name.startsWith('function:')) functions.set(name.slice('function:'.length), target as UserFunction);
    else upstreamTargets[name] = target as UpstreamTarget;
  }
  return { upstreamTargets, functions };
}
