/** The native configuration as an object: what `devgateway.yaml` holds. Each member is explained in docs/native.md. */
export interface NativeConfig {
  /** Production configurations beside this one, each read by its own dialect. */
  readonly include?: readonly string[];
  /** Production addresses -> where they are on this machine. */
  readonly upstreams?: Readonly<
    Record<string, string | { readonly module: string } | { readonly replay: string } | { readonly container: NativeContainer } | NativeFunction>
  >;
  /** Whether upstreams are recorded to a tape or replayed from it. */
  readonly traffic?: {
    readonly mode?: 'off' | 'record' | 'replay' | 'record-missing' | 'strict';
    readonly tapes?: string;
    readonly ignore?: { readonly query?: readonly string[]; readonly body?: readonly string[] };
  };
  readonly consumers?: readonly NativeConsumer[];
  readonly listeners?: readonly NativeListener[];
  readonly limits?: Readonly<Record<string, number | string>>;
  readonly routes?: readonly NativeRoute[];
}
/** Under `function:NAME`: what runs for a function. */
export interface NativeFunction {
  /** `./dist/orders.handler`, the URL at which it is invoked, or a command that asks for its invocations as runtimes do. */
  readonly function: string | { readonly url: string } | { readonly command: string | readonly string[] };
  readonly environment?: Readonly<Record<string, string | number | boolean>>;
  /** Default 128. */
  readonly memoryMb?: number;
  /** `10s`; default 3 seconds, of the machine's time. */
  readonly timeout?: string | number;
  /** Invocations at once; default 10. */
  readonly concurrency?: number;
}
/** Started at the first request for it; needs the optional peer `testcontainers`, and Docker. */
export interface NativeContainer {
  readonly image: string;
  /** Inside the container. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly command?: string | readonly string[];
  /** When it is ready: the port listens (default), a path answers 2xx, or its log says a text. */
  readonly wait?: 'port' | { readonly http: string } | { readonly log: string };
  /** `90s`; default one minute. */
  readonly startupTimeout?: string | number;
}
export interface NativeConsumer {
  readonly name: string;
  readonly customId?: string;
  readonly groups?: readonly string[];
  readonly apiKeys?: readonly string[];
  readonly password?: string;
}
export interface NativeRoute {
  readonly name?: string;
  readonly match?: {
    readonly host?: string | readonly string[];
    readonly path?: string | readonly string[];
    readonly methods?: string | readonly string[];
    readonly headers?: Readonly<Record<string, string | boolean>>;
    readonly query?: Readonly<Record<string, string | boolean>>;
  };
  readonly steps?: readonly Readonly<Record<string, unknown>>[];
  /** The production address, as `host:port`, or a URL. */
  readonly upstream?: string | NativeUpstream;
  readonly preserveHost?: boolean;
}

export interface NativeListener {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: 'http' | 'https';
  /** PEM files or texts. None: those of the local authority. */
  readonly certificates?: readonly { readonly names?: readonly string[]; readonly certificate: string; readonly key: string }[];
  /** Client certificates. */
  readonly clients?: { readonly authorities?: string; readonly mode?: 'request' | 'require' };
}
/** An upstream of which more is to be said than its address. Times as `500ms`, `10s`, `1m`. */
export interface NativeUpstream {
  readonly url: string;
  readonly httpVersion?: '1.0' | '1.1' | '2' | 'auto';
  readonly connectTimeout?: string | number;
  readonly responseTimeout?: string | number;
  readonly idleTimeout?: string | number;
  readonly keepAlive?: boolean;
  readonly tls?: {
    readonly verify?: boolean;
    readonly serverName?: string;
    readonly authorities?: string;
    readonly certificate?: string;
    readonly key?: string;
  };
}

/** Gives `devgateway.config.ts` its types. */
export const defineConfig = (config: NativeConfig): NativeConfig => config;
