import type { Server } from 'node:http';
import type { Exchange } from '../engine/exchange.ts';
import type { Deps, UserFunction } from '../engine/kit.ts';
import type { Program, SiteProgram } from '../engine/link.ts';
import { MessageBody } from '../engine/message-body.ts';
import { answerFault, run, wordFault, type Responder } from '../engine/run.ts';
import { Trace } from '../engine/trace.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { dialects as allDialects } from '../dialects/index.ts';
import { Fields } from '../http/fields.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { fault } from '../model/fault.ts';
import { defaultLimits, type Listener } from '../model/gateway.ts';
import { nowhere } from '../model/origin.ts';
import { documentFetcher } from '../transport/fetch-document.ts';
import { fromWeb, inProcessExchange, WebResponder, type InProcessRequest } from '../transport/in-process.ts';
import { createHttpListener, receive, type Reception } from '../transport/listen-http.ts';
import { policyKit } from '../policies/kit.ts';
import { Pools } from '../transport/pools.ts';
import { proxyKind } from '../transport/proxy.ts';
import { Upstreams, type UpstreamTarget } from '../transport/upstreams.ts';
import { GatewayClock } from './clock.ts';
import { Dispatch } from './dispatch.ts';
import { build, load, type ConfigInput, type Loaded, type LoadRequest } from './load.ts';
import { fidelityOf, routesOf } from './report.ts';
import { MemoryStore, ProcessMemory } from './store.ts';
import type { Explanation, FetchOptions, Gateway, GatewayOptions, ListenerInfo, RawRequest } from './types.ts';

/**
 * Starts a gateway from a production configuration.
 * @throws DevgatewayError with every problem of the configuration, each with its file, line and remedy.
 */
export async function createGateway(options: GatewayOptions = {}, dialects: readonly Dialect[] = allDialects): Promise<Gateway> {
  const host = options.host ?? '127.0.0.1';
  const { upstreamTargets, functions } = splitUpstreams(options.upstreams ?? {});
  const clock = new GatewayClock();
  const store = new MemoryStore();
  const memory = new ProcessMemory();
  const pools = new Pools();
  const upstreams = new Upstreams(upstreamTargets);
  const services = { pools, upstreams, clock };
  const deps: Deps = { clock, store, memory, random: Math.random, fetch: documentFetcher(services), functions: (name) => functions.get(name) };
  const kits = [policyKit, { destinations: [proxyKind(services)] }];

  let config: ConfigInput = options.config ?? '.';
  const request = (): LoadRequest => ({
    config,
    dialect: options.dialect,
    folder: options.folder ?? process.cwd(),
    options: {
      ...(options.stage === undefined ? {} : { stage: options.stage }),
      variables: options.variables ?? {},
      env: options.env ?? process.env,
    },
  });
  const prove = (): { loaded: Loaded; program: Program } => {
    const loaded = load(request(), dialects);
    return { loaded, program: build(loaded, dialects, kits, deps) };
  };
  let { loaded, program } = prove();
  let dispatch = new Dispatch(program);
  upstreams.configure(program.gateway.upstreams);

  const reception: Reception = {
    now: () => clock.now(),
    handle(exchange, responder) {
      void handle(exchange, responder);
    },
    wordFault: (listener, what) => wordFault(dispatch.defaultSite(listener).book, what, null),
  };
  async function handle(exchange: Exchange, responder: Responder): Promise<void> {
    const site: SiteProgram = dispatch.siteOf(exchange);
    const { maxTargetBytes } = site.site.limits;
    if (exchange.arrived.target.length > maxTargetBytes)
      return answerFault(site, exchange, fault('target-too-long', { limit: maxTargetBytes }), responder);
    await run(site, exchange, responder);
  }

  const servers: Server[] = [];
  const listeners: ListenerInfo[] = [];
  for (const [index, listener] of dispatch.listeners.entries()) {
    const server = createHttpListener(listener, dispatch.defaultSite(listener).site.limits ?? defaultLimits, reception);
    const port = await listen(server, host, index === 0 ? (options.port ?? 0) : 0);
    servers.push(server);
    listeners.push({ ...infoOf(listener), url: `${listener.protocol}://${host.includes(':') ? `[${host}]` : host}:${port}` });
  }

  const first = (): Listener => dispatch.listeners[0] as Listener;
  const reload = async (next?: ConfigInput): Promise<void> => {
    const before = config;
    if (next !== undefined) config = next;
    try {
      const proven = prove();
      ({ loaded, program } = proven);
      dispatch = new Dispatch(program);
      upstreams.configure(program.gateway.upstreams);
    } catch (error) {
      config = before;
      throw error;
    }
  };
  const close = async (): Promise<void> => {
    clock.close();
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()))));
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
      reception.handle(inProcessExchange(inProcess(input, fetchOptions), first(), clock.now()), responder);
      return responder.response;
    },
    listener: (req, res) => receive(req, res, first(), reception),
    middleware: () => (req, res, next) => {
      void next;
      receive(req, res, first(), reception);
    },
    clock,
    async explain(input, fetchOptions): Promise<Explanation> {
      const exchange = inProcessExchange(inProcess(input, fetchOptions), first(), clock.now());
      exchange.trace = new Trace();
      exchange.dry = true;
      const responder = new WebResponder();
      await handle(exchange, responder);
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
    get diagnostics() {
      return loaded.ledger.diagnostics;
    },
    async reset() {
      store.clear();
      memory.clear();
      clock.reset();
    },
    reload,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new DevgatewayError(
            diagnosticAt('DG1401', nowhere, `port ${port} of ${host} is in use`, 'choose another with --port N, or --port 0 for any free one'),
            { cause: error },
          ),
        );
      else reject(new DevgatewayError(diagnosticAt('DG1402', nowhere, `cannot listen on ${host}:${port}: ${error.message}`, ''), { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}

function infoOf({ name, port, protocol, hostname, gateway }: Listener): Omit<ListenerInfo, 'url'> {
  return { name, port, protocol, ...(hostname === undefined ? {} : { hostname }), ...(gateway === undefined ? {} : { gateway }) };
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
