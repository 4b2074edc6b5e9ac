import type { Origin } from './origin.ts';

/**
 * The neutral model: plain, JSON-serialisable data. Behaviour is named, never switched on: a `kind` is resolved to code once,
 * by the linker, and is opaque to everything below the dialects.
 */
export interface Gateway {
  readonly sites: readonly Site[];
  /** Where production addresses are on this machine, as far as the configuration itself says so. */
  readonly upstreams: Readonly<Record<string, LocalUpstream>>;
  /** Whether upstreams are recorded or replayed, as far as the configuration itself says so. */
  readonly traffic?: TapeSettings;
}

/**
 * A URL, a module whose default export is a node request listener or a fetch handler, a tape that answers, a container; or, under
 * `function:NAME`, a function. Files are absolute.
 */
export type LocalUpstream =
  | { readonly url: string }
  | { readonly module: string }
  | { readonly replay: string }
  | { readonly container: ContainerSettings }
  | ConfiguredFunction;

/** A function that runs on this machine. */
export interface FunctionSettings {
  /**
   * `./dist/orders.handler`: a module and what it exports, run in a thread of its own. A command that asks for its invocations at
   * `AWS_LAMBDA_RUNTIME_API`, as runtimes do. Or the URL at which it is invoked.
   */
  readonly function: string | { readonly command: readonly string[] } | { readonly url: string };
  readonly environment?: Readonly<Record<string, string>>;
  /** Default 128. What a module may keep; a command has it only told. */
  readonly memoryMb?: number;
  /** Of one invocation, in ms of the machine's time. Default 3000, 0: none. */
  readonly timeoutMs?: number;
  /** How many invocations may run at once; more wait. Default 10. */
  readonly concurrency?: number;
  /** What `function` and the command count from. Default: the folder of the gateway. */
  readonly folder?: string;
}

/** A function as a configuration itself defines it. */
export interface ConfiguredFunction extends Omit<FunctionSettings, 'function'> {
  /** `elsewhere`: why this machine does not run it by itself. */
  readonly function: FunctionSettings['function'] | { readonly elsewhere: string };
  /** What it is told that it is called. Default: what it stands under. */
  readonly name?: string;
  /** Other names that it is asked by. What anybody else puts under one of them stands in its place. */
  readonly also?: readonly string[];
  /** The text of the module that `function` names, where that is no file. */
  readonly inline?: string;
  /** Absolute folders that stand for `/opt`, of which the last one counts most. */
  readonly layers?: readonly string[];
}

export const tapeModes = ['off', 'record', 'replay', 'record-missing', 'strict'] as const;
/**
 * `record`: everything goes to the upstreams, and the tape is made anew. `replay`: the tape answers, and nothing is sent. `record-missing`:
 * what the tape does not have is sent and added. `strict`: as `replay`, and whatever is unknown or unused makes the run fail.
 */
export type TapeMode = (typeof tapeModes)[number];
export interface TapeSettings {
  readonly mode: TapeMode;
  /** A `.har` file, or a folder for one. */
  readonly tapes: string;
  readonly ignore: { readonly query: readonly string[]; readonly body: readonly string[] };
}

/** What runs in a container. Upstreams with the same settings share one. */
export interface ContainerSettings {
  readonly image: string;
  /** The port inside the container, which speaks HTTP. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** When it is ready: the port listens (default), a path answers 2xx, or its log says a text. */
  readonly wait?: 'port' | { readonly http: string } | { readonly log: string };
  /** How long it may take to be ready, in ms of the machine's time. Default 60,000. */
  readonly startupTimeoutMs?: number;
  /** The project that testcontainers is installed in. Default: the working folder's. */
  readonly folder?: string;
}

/** A kind with the options that it reads. */
export interface Named {
  readonly kind: string;
  readonly options: unknown;
  readonly origin: Origin;
}

/** One production gateway: its listeners, its way to choose routes, its order of steps, its own answers. */
export interface Site {
  readonly id: string;
  readonly dialect: string;
  readonly faults: Named;
  readonly matcher: Named;
  readonly listeners: readonly Listener[];
  /** Hosts (`*.` wildcards allowed) that belong to this site where several share a listener; empty: every host. */
  readonly hosts: readonly string[];
  /** Run before matching and never again, however often a request is rematched. */
  readonly arrival: readonly Step[];
  readonly routes: readonly Route[];
  /** What runs where no route matched. Its destination is null: the fault of the matcher is the answer. */
  readonly noRoute: Plan;
  readonly limits: Limits;
}

/** A port of production. `port` is what the configuration says; where it listens on this machine is decided at run time. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  /**
   * `tls`: connections are tunnels that nobody reads, each a request `CONNECT SERVERNAME:PORT` to its site. Shares its port with `https`: the
   * listener with the most specific host name takes a connection.
   */
  readonly protocol: 'http' | 'https' | 'tls';
  /** The host names that this listener serves, where it serves only some. */
  readonly hostname?: string;
  /** `namespace/name` where a configuration holds several gateways with addresses of their own. */
  readonly gateway?: string;
  readonly tls?: ListenerTls;
}

export interface ListenerTls {
  /** PEM texts, chosen by server name; the first is the default. Empty: a certificate of the local authority, made for that name. */
  readonly certificates: readonly { readonly names: readonly string[]; readonly certificate: string; readonly key: string }[];
  readonly clientAuthentication?: { readonly authorities: string; readonly mode: 'request' | 'require' };
  /** Connections of the protocol `tls` go on as they are: the upstream shakes hands. */
  readonly passthrough?: true;
}

/** What runs for a request, in the order in which it runs. */
export interface Plan {
  readonly request: readonly Step[];
  readonly destination: Destination | null;
  readonly head: readonly Step[];
  readonly body: readonly Step[];
  readonly log: readonly Step[];
}

export interface Route extends Plan {
  readonly id: string;
  /** Understood only by the site's matcher. Null: reached by a jump alone. */
  readonly when: unknown;
  readonly origin: Origin;
  /** For people: route tables, `explain`, log lines. `parent`: what it is attached to, where the configuration says so. */
  readonly label: { readonly match: string; readonly upstream: string; readonly parent?: string };
}

export type Step = Named;

/** Where requests go: a leaf (a proxy, a mock, a function) or a tree (a weighted split, a failover, a retry). */
export interface Destination extends Named {
  readonly children: readonly Destination[];
}

/** Bounds of a site, each with its fault. Milliseconds and bytes; 0 switches a time limit off. */
export interface Limits {
  /** All header fields together: fault `header-too-large`. */
  readonly maxHeaderBytes: number;
  /** The request target: fault `target-too-long`. */
  readonly maxTargetBytes: number;
  /** The request body: fault `body-too-large`. 0: no limit. */
  readonly maxBodyBytes: number;
  /** From the first byte to the end of the head: fault `request-timeout`. */
  readonly headerTimeoutMs: number;
  /** From the first byte to the end of the message: fault `request-timeout`. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept. */
  readonly keepAliveTimeoutMs: number;
  /** Open connections of a listener: more are closed at once. 0: no limit. */
  readonly maxConnections: number;
  /** Internal redirections of one request: fault `too-many-jumps`. */
  readonly maxJumps: number;
}

export const defaultLimits: Limits = Object.freeze({
  maxHeaderBytes: 32_768,
  maxTargetBytes: 16_384,
  maxBodyBytes: 0,
  headerTimeoutMs: 60_000,
  requestTimeoutMs: 0,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 0,
  maxJumps: 10,
});

/**
 * Options of the destination kinds that every dialect shares: `proxy`, whose header fields and target are made by steps, and `tunnel`, which
 * joins a connection of the protocol `tls` to one to the upstream.
 */
export interface ProxyOptions {
  /** Every way in which the production configuration writes this upstream; the first one is shown. */
  readonly names: readonly string[];
  /** `http`, `https`; with the port of production. Empty: an earlier step sets `outgoing.address`. */
  readonly url: string;
  readonly httpVersion: '1.0' | '1.1' | '2' | 'auto';
  readonly connectTimeoutMs: number;
  /** From the end of the request to the head of the answer. */
  readonly responseTimeoutMs: number;
  /** Between two pieces of an answer. */
  readonly idleTimeoutMs: number;
  readonly keepAlive: boolean;
  /**
   * Requests for another protocol (WebSocket). `pass`: `Connection: Upgrade` and `Upgrade` go on by themselves, and 101 opens a tunnel.
   * `as-sent`: only where a step has put these fields into the outgoing ones.
   */
  readonly upgrades: 'pass' | 'as-sent';
  readonly tls: UpstreamTls | null;
  /** Only where the upstream map names a place for it; else the fault `upstream-unmapped`. */
  readonly mappedOnly?: true;
}

export interface UpstreamTls {
  readonly verify: boolean;
  readonly serverName: string;
  /** Of which the certificate must have one among its alternative names. Undefined: it must be for the server name. */
  readonly alternativeNames?: { readonly hosts: readonly string[]; readonly uris: readonly string[] };
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
}

export const proxyDefaults: Omit<ProxyOptions, 'names' | 'url'> = Object.freeze({
  httpVersion: '1.1',
  connectTimeoutMs: 10_000,
  responseTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  keepAlive: true,
  upgrades: 'pass',
  tls: null,
});
