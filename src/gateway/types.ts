import type { RequestListener } from 'node:http';
import type { Unsupported } from '../dialects/dialect.ts';
import type { TraceEntry } from '../engine/trace.ts';
import type { Diagnostic } from '../model/error.ts';
import type { FunctionSettings, Limits, TapeMode } from '../model/gateway.ts';
import type { Verdict } from '../model/ledger.ts';
import type { Condition, StatusReport } from '../model/status.ts';
import type { TokenOptions } from '../identity/mint.ts';
import type { UserFunction } from '../engine/kit.ts';
import type { Ignores } from '../traffic/tape/asked.ts';
import type { TapeReport } from '../traffic/tape/tapes.ts';
import type { Traffic } from '../traffic/traffic.ts';
import type { LogLine } from '../transport/functions/instance.ts';
import type { PlannedFault } from '../transport/planned-faults.ts';
import type { LiveTarget, UpstreamTarget } from '../transport/upstreams.ts';
import type { GatewayClock } from './clock.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import type { ConfigInput } from './load.ts';
import type { ScopeClock } from './scope-clock.ts';
import type { UnhandledError } from './unhandled.ts';

export interface GatewayOptions {
  /** Path, paths or folder of a configuration, or an object of the native dialect. Default: the working folder. */
  readonly config?: ConfigInput;
  /** Texts in the place of files, by the names that `config` has for them: what `helm template` printed, say. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Only where detection is ambiguous. */
  readonly dialect?: string;
  /**
   * Where production addresses are: URLs, node request listeners, fetch handlers, containers. `function:NAME` is a function: one of this
   * process, or one that runs by itself (`./dist/orders.handler`, the URL at which it is invoked, or an object that says more).
   */
  readonly upstreams?: Readonly<Record<string, UpstreamTarget | UserFunction | FunctionSettings>>;
  /** Of the first listener; 0: any free one (default). */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Reloads when a file that was read changes. Default false. A configuration that fails leaves the old one serving. */
  readonly watch?: boolean;
  /** Called after each reload that a change of the files caused; with what was wrong, where the old one goes on. */
  readonly onReload?: (error: unknown) => void;
  /**
   * Keeps what passes for `gateway.traffic`. Default true. An object does too, and records upstreams to a tape or replays them from it; it
   * stands above what the configuration says.
   */
  readonly traffic?: boolean | TapeOptions;
  /** Called with what an upstream function threw, as it is added to `gateway.errors`. */
  readonly onError?: (error: UnhandledError) => void;
  /** Called with each line that a function writes which runs by itself, without the secrets that are known of. Default: it is printed. */
  readonly onFunctionLog?: (line: LogLine) => void;
  /** Called after each request. */
  readonly onExchange?: (record: ExchangeRecord) => void;
  readonly logLevel?: 'silent' | 'error' | 'info';
  /**
   * What becomes of a part of the configuration that is not supported, such as a plugin of your own: it is told and does nothing (`pass`,
   * the default), or the gateway does not start (`fail`). What decides who may pass lets nobody pass either way.
   */
  readonly unsupported?: Unsupported;
  /** AWS: the stage, where the configuration does not name one. */
  readonly stage?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Files with values for the configuration, below `env`. Watched with it. */
  readonly envFiles?: readonly string[];
  /**
   * Names of this machine stand for production's: `api.example.com.localhost` for `api.example.com`, and `localhost` for the host given
   * here. Redirects and cookies that point at that host are turned to the name that was asked. Default: hosts are taken as they come.
   */
  readonly asHost?: string | true;
  /** What relative paths count from. Default: the working folder. */
  readonly folder?: string;
  /**
   * Keeps the keys of test tokens in `.devgateway` of the folder, so that tokens are good for other processes too. Default false: keys
   * that are there are used, and none are written.
   */
  readonly keepTokenKeys?: boolean;
  /** Opens the control API for other processes: on loopback, with a token. Default false. */
  readonly control?: boolean | ControlOptions;
  /** Over the limits of the configuration. */
  readonly limits?: Partial<Limits>;
  /** How long `close` waits for requests that are being answered, in ms of the machine's time. Default 5000. */
  readonly closeGraceMs?: number;
}

/** A tape of what upstreams answer. */
export interface TapeOptions {
  readonly mode: TapeMode;
  /** A `.har` file, or a folder for one (`traffic.har`). Default: `tapes`. */
  readonly tapes?: string;
  /** What is not compared when a request is looked for. */
  readonly ignore?: Ignores;
}
export interface ControlOptions {
  /** 0: any free one (default). */
  readonly port?: number;
  /** Default: a random one for each start. */
  readonly token?: string;
}
/** Where the control API of a gateway is. */
export interface Control {
  readonly url: string;
  readonly token: string;
}
/** Opens the control API: given to `createGateway`, because it is built upon it. */
export type ControlOpener = (gateway: Gateway, options: ControlOptions) => Promise<Control & { close(): Promise<void> }>;

export interface ListenerInfo {
  readonly name: string;
  /** As production says it. */
  readonly port: number;
  /** `tls`: connections that go on as tunnels. */
  readonly protocol: 'http' | 'https' | 'tls';
  readonly hostname?: string;
  readonly gateway?: string;
  /** Where it listens here. */
  readonly url: string;
}
export interface ListenerQuery {
  readonly port?: number;
  readonly protocol?: string;
  readonly gateway?: string;
  readonly name?: string;
}

export interface RouteInfo {
  readonly id: string;
  readonly site: string;
  readonly dialect: string;
  readonly match: string;
  readonly upstream: string;
  /** What the configuration attaches it to, where it says so. */
  readonly parent?: string;
  readonly file: string;
  readonly line: number;
}
/** What a control plane would write about an object of the configuration, or about one part of it. */
export interface StatusInfo extends Omit<StatusReport, 'origin' | 'conditions'> {
  readonly conditions: readonly ConditionInfo[];
  readonly file: string;
  readonly line: number;
}
export interface ConditionInfo extends Omit<Condition, 'origin'> {
  readonly file: string;
  readonly line: number;
}
export interface Fidelity {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly leaves: readonly FidelityLeaf[];
}
export interface FidelityLeaf {
  readonly pointer: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly verdict: Verdict;
  readonly by: string;
  readonly note: string;
  readonly proof: readonly string[];
}

/** A request that a WHATWG Request cannot say: its target and fields go as they are. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body?: string | Uint8Array;
}
export interface FetchOptions {
  /** The peer: `IP` or `IP:PORT`. */
  readonly remoteAddress?: string;
  /** The scope that it belongs to. */
  readonly scope?: string;
}

/**
 * One isolated scope of a gateway. What is not changed here is as the gateway has it; what is changed here, nobody else sees. Over a socket
 * a request belongs to it by its host (`url`), by a field `devgateway-scope: NAME`, or by `baggage: devgateway.scope=NAME`.
 */
export interface Scope {
  /** In lower case. */
  readonly name: string;
  /** The base URL with the scope in its host: `http://NAME.scope.localhost:PORT`. */
  readonly url: string;
  fetch(request: Request | RawRequest | string, options?: Omit<FetchOptions, 'scope'>): Promise<Response>;
  /** Follows the gateway's clock until it is moved or stopped. */
  readonly clock: ScopeClock;
  /** Its own last thousand exchanges; the gateway's traffic shows them too, each with `scope`. */
  readonly traffic: Traffic;
  /** Above the gateway's own. */
  override(upstream: string, handler: LiveTarget | UserFunction): () => void;
  /** Above the gateway's own. */
  fault(upstream: string, plan: PlannedFault): () => void;
  /** As `gateway.token`, by the clock of the scope. */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>;
  explain(request: Request | RawRequest | string, options?: Omit<FetchOptions, 'scope'>): Promise<Explanation>;
  /** Its counters, caches, overrides, faults, traffic and clock back to the start, and nobody else's. */
  reset(): Promise<void>;
}

export interface Explanation {
  readonly status: number;
  readonly route: string | null;
  readonly decisions: readonly TraceEntry[];
  readonly upstream: { readonly method: string; readonly target: string; readonly headers: readonly string[] } | null;
}

export interface Gateway extends AsyncDisposable {
  readonly url: string;
  readonly listeners: readonly ListenerInfo[];
  urlFor(query: ListenerQuery | number): string;
  fetch(request: Request | RawRequest | string, options?: FetchOptions): Promise<Response>;
  /** A node request listener: `supertest(gateway.listener)`. */
  readonly listener: RequestListener;
  /** For `app.use`: what no route matches goes on to the next handler. */
  middleware(): (req: Parameters<RequestListener>[0], res: Parameters<RequestListener>[1], next: (error?: unknown) => void) => void;
  readonly clock: GatewayClock;
  /**
   * A signed test token that the first policy of the configuration accepts, or the one for `claims.iss`; or a named broken one. A claim that
   * is null is left out. Throws TypeError where nothing can be signed that would be accepted.
   */
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>;
  /**
   * The local identity provider, for services that verify test tokens themselves: key set, discovery documents, token endpoint. It listens
   * on loopback from the first call on, until the gateway is closed.
   */
  issuer(): Promise<{ readonly url: string; readonly jwksUri: string }>;
  /** What the configuration expects of tokens, policy by policy. Test tokens are accepted by all of them. */
  readonly expectedTokens: readonly {
    readonly issuer: string | undefined;
    readonly audience: string | undefined;
    readonly algorithms: readonly string[];
  }[];
  explain(request: Request | RawRequest | string, options?: FetchOptions): Promise<Explanation>;
  readonly routes: readonly RouteInfo[];
  readonly fidelity: Fidelity;
  readonly diagnostics: readonly Diagnostic[];
  /** The files that were read as configuration. */
  readonly sources: readonly { readonly file: string; readonly dialect: string }[];
  /** What happened: query it, wait for it. Throws TypeError where the gateway was started with `traffic: false`. */
  readonly traffic: Traffic;
  /**
   * Puts a handler, a URL or a function in the place of an upstream until `reset`, or until what it answers is called. The name is as the
   * configuration writes it; `*` is every upstream, `function:NAME` a function.
   */
  override(upstream: string, handler: LiveTarget | UserFunction): () => void;
  /** Makes an upstream answer a status, wait, or break off; until `reset`, so many `times`, or until what it answers is called. */
  fault(upstream: string, plan: PlannedFault): () => void;
  /** What the tape has answered, did not have, and holds in vain; `flush` writes what was recorded so far. */
  readonly tapes: { report(): TapeReport; flush(): Promise<void> };
  /**
   * What upstream functions threw, the oldest first; the last hundred. `reset` keeps them: whoever expects them takes them, by `splice(0)`.
   * With `devgateway/vitest` or `devgateway/jest` what is left fails the test.
   */
  readonly errors: UnhandledError[];
  /**
   * An isolated scope, made when it is first named: a worker of a test run that shares this gateway with others.
   * Throws TypeError where the name is not 1 to 64 letters, digits, `_` or `-`.
   */
  scope(name: string): Scope;
  /**
   * Counters, caches, overrides, faults, traffic and clock back to the start, those of every scope too, and tapes to their first answers; the
   * listeners stay.
   */
  reset(): Promise<void>;
  /** Swaps the configuration, as a change of the files would. Throws DevgatewayError and keeps the old one where the new one fails. */
  reload(config?: ConfigInput): Promise<void>;
  /** Where the control API is; null where it was not asked for. */
  readonly control: Control | null;
  close(): Promise<void>;
}
