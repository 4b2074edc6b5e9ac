import type { Exchange } from '../engine/exchange.ts';
import type { Program } from '../engine/link.ts';
import { answerFault, run, wordFault, type Responder } from '../engine/run.ts';
import { Trace } from '../engine/trace.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects as allDialects } from '../dialects/index.ts';
import type { Fault } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { Recording, type Recorded } from '../traffic/recording.ts';
import { tapedBytes } from '../traffic/tape/tapes.ts';
import { Traffic } from '../traffic/traffic.ts';
import { inProcessExchange, WebResponder, type InProcessRequest } from '../transport/in-process.ts';
import { receive } from '../transport/listen-http.ts';
import { localAuthority, type LocalAuthority } from '../transport/local-ca/authority.ts';
import { authorityFolder } from '../transport/local-ca/folder.ts';
import type { Reception } from '../transport/reception.ts';
import { factsOf, faultOfHead } from '../transport/request-head.ts';
import { Dispatch } from './dispatch.ts';
import { recordOf } from './exchange-record.ts';
import { InFlight } from './in-flight.ts';
import { startTaping } from './taping.ts';
import { standInFor } from './local-names.ts';
import { openPort } from './listen.ts';
import { Ports } from './ports.ts';
import { build, load, nothingServed, type ConfigInput, type Loaded, type LoadRequest } from './load.ts';
import { realTimer } from './real-timer.ts';
import { scopeHandle } from './scope-handle.ts';
import { refuseScope } from './scopes.ts';
import { fidelityOf, routesOf } from './report.ts';
import { watchFiles, type Watching } from './watch.ts';
import type { ControlOpener, Explanation, Gateway, GatewayOptions, ListenerInfo } from './types.ts';
import { inProcessRequest } from './in-process-request.ts';
import { composeServices } from './services.ts';

/**
 * Starts a gateway from a production configuration.
 * @throws DevgatewayError with every problem of the configuration, each with its file, line and remedy.
 */
export async function createGateway(
  options: GatewayOptions = {},
  dialects: readonly Dialect[] = allDialects,
  openControl: ControlOpener | null = null,
): Promise<Gateway> {
  if (!['pass', 'fail', undefined].includes(options.unsupported))
    throw new TypeError(`unsupported is pass or fail, not ${String(options.unsupported)}`);
  const host = options.host ?? '127.0.0.1';
  const services = composeServices(options);
  const { clock, identity } = services;

  let config: ConfigInput = options.config ?? '.';
  const request = (): LoadRequest => ({
    config,
    dialect: options.dialect,
    folder: options.folder ?? process.cwd(),
    envFiles: options.envFiles ?? [],
    texts: options.texts,
    options: {
      ...(options.unsupported === undefined ? {} : { unsupported: options.unsupported }),
      ...(options.stage === undefined ? {} : { stage: options.stage }),
      variables: options.variables ?? {},
      env: options.env ?? process.env,
    },
  });
  const prove = async (): Promise<{ loaded: Loaded; program: Program }> => {
    const loaded = withLimits(await load(request(), dialects), options.limits ?? {});
    const program = identity.collect(() => build(loaded, services.kits, services.deps));
    if (program.sites.length === 0) throw nothingServed(loaded);
    return { loaded, program };
  };
  let { loaded, program } = await prove();
  let dispatch = new Dispatch(program);
  services.configure(program.gateway.upstreams);
  const { tapes, mount } = startTaping(options, services, program.gateway);

  const inFlight = new InFlight();
  let exchanges = 0;
  const traffic = options.traffic === false ? null : new Traffic(realTimer);
  const localNames = options.asHost === undefined ? null : standInFor(options.asHost === true ? '' : options.asHost);
  const reception: Reception = {
    now: () => clock.now(),
    handle(exchange, responder, refused) {
      try {
        services.scopes.enter(exchange);
      } catch (error) {
        return inFlight.track(refuseScope(exchange, responder, (error as Error).message));
      }
      inFlight.track(handle(exchange, localNames === null ? responder : localNames(exchange, responder), refused));
    },
    wordFault: (listener, what) => wordFault(dispatch.defaultSite(listener).book, what, null),
  };
  const handle = (exchange: Exchange, responder: Responder, refused: Fault | null): Promise<void> => {
    const site = dispatch.siteOf(exchange);
    const recording =
      (traffic === null && !tapes.isRecording) || exchange.dry
        ? null
        : new Recording(exchange, () => (exchange.clock ?? clock).now(), tapes.isRecording ? tapedBytes : undefined);
    const done = refused === null ? run(site, exchange, responder) : answerFault(site, exchange, refused, responder);
    const { onExchange } = options;
    if (recording === null && onExchange === undefined) return done;
    return done.then(() => {
      const now = (exchange.clock ?? clock).now();
      if (recording !== null) keep(recording.finished((exchanges += 1)), exchange);
      onExchange?.(recordOf(exchange, now));
    });
  };
  const keep = (recorded: Recorded, exchange: Exchange): void => {
    tapes.add(exchange, recorded);
    traffic?.keep(recorded);
    if (recorded.scope !== '') services.scopes.of(recorded.scope)?.traffic.keep(recorded);
  };
  const judge = (one: InProcessRequest): Fault | null =>
    faultOfHead(one.method, one.target, '1.1', factsOf(one.headers.raw), dispatch.limitsOf(first()));

  let madeAuthority: LocalAuthority | null = null;
  const authority = (): LocalAuthority =>
    (madeAuthority ??= localAuthority(authorityFolder(options.folder ?? process.cwd(), options.env ?? process.env)));
  const ports = new Ports(
    (shared, from, isFirst) =>
      openPort({ listeners: shared, limits: from.limitsOf(shared[0]), host, port: isFirst ? (options.port ?? 0) : 0, reception, authority }),
    () => inFlight.idle(options.closeGraceMs ?? 5_000),
  );
  try {
    await ports.follow(dispatch, () => {});
  } catch (error) {
    await services.close();
    throw error;
  }

  const first = (): Listener => dispatch.ports[0]?.[0] as Listener;
  const swap = async (next?: ConfigInput): Promise<void> => {
    const before = config;
    if (next !== undefined) config = next;
    try {
      const proven = await prove();
      const next = new Dispatch(proven.program);
      await ports.follow(next, () => {
        mount(proven.program.gateway);
        ({ loaded, program } = proven);
        dispatch = next;
      });
      services.configure(program.gateway.upstreams);
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
  let control: Awaited<ReturnType<ControlOpener>> | null = null;
  const close = async (): Promise<void> => {
    await control?.close();
    await watching?.close();
    await ports.close();
    await tapes.flush(true).finally(() => services.close());
  };

  const gateway: Gateway = {
    get url() {
      return (ports.infos[0] as ListenerInfo).url;
    },
    get listeners() {
      return ports.infos;
    },
    urlFor(query) {
      const wanted = typeof query === 'number' ? { port: query } : query;
      const found = ports.infos.find((one) =>
        Object.entries(wanted).every(([key, value]) => value === undefined || one[key as keyof ListenerInfo] === value),
      );
      if (found === undefined) throw new TypeError(`there is no listener for ${JSON.stringify(wanted)}`);
      return found.url;
    },
    async fetch(input, fetchOptions) {
      const responder = new WebResponder();
      const request = inProcessRequest(input, fetchOptions);
      const exchange = inProcessExchange(request, first(), clock.now());
      if (fetchOptions?.scope !== undefined) services.scopes.enter(exchange, fetchOptions.scope);
      reception.handle(exchange, responder, judge(request));
      return responder.response;
    },
    listener: (req, res) => receive(req, res, first(), dispatch.limitsOf(first()), reception),
    middleware: () => (req, res, next) => receive(req, res, first(), dispatch.limitsOf(first()), reception, false, next),
    clock,
    token: (claims = {}, tokenOptions = {}) => identity.token(claims, tokenOptions, clock.now()),
    async issuer() {
      const url = await services.issuer();
      return { url, jwksUri: `${url}/.well-known/jwks.json` };
    },
    get expectedTokens() {
      return identity.shapes.map(({ issuer, audience, algorithms }) => ({ issuer, audience, algorithms }));
    },
    async explain(input, fetchOptions): Promise<Explanation> {
      const request = inProcessRequest(input, fetchOptions);
      const exchange = inProcessExchange(request, first(), clock.now());
      exchange.trace = new Trace();
      exchange.dry = true;
      services.scopes.enter(exchange, fetchOptions?.scope);
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
      return fidelityOf(loaded);
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
    errors: services.errors,
    override: (upstream, handler) => services.override(upstream, handler),
    fault: (upstream, plan) => services.faults.plan(upstream, plan),
    tapes: { report: () => tapes.report(), flush: () => tapes.flush() },
    scope: (name) => scopeHandle(gateway, services, services.scopes.named(name)),
    async reset() {
      services.reset();
      traffic?.clear();
    },
    reload,
    get control() {
      return control === null ? null : { url: control.url, token: control.token };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  if (openControl !== null && options.control !== undefined && options.control !== false) {
    try {
      control = await openControl(gateway, options.control === true ? {} : options.control);
    } catch (error) {
      await close();
      throw error;
    }
  }
  return gateway;
}

/** What was asked for in code or on the command line stands above the configuration. */
function withLimits(loaded: Loaded, limits: Partial<Limits>): Loaded {
  const { gateway } = loaded;
  return { ...loaded, gateway: { ...gateway, sites: gateway.sites.map((site) => ({ ...site, limits: { ...site.limits, ...limits } })) } };
}
