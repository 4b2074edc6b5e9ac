/** The options of this dialect's kinds: plain data. Texts with `$` are compiled when they are linked. */
export interface Regex {
  readonly source: string;
  readonly anyCase: boolean;
}
export type Condition =
  | { readonly test: 'set'; readonly value: string }
  | { readonly test: 'equals'; readonly value: string; readonly other: string; readonly not: boolean }
  | { readonly test: 'matches'; readonly value: string; readonly regex: Regex; readonly not: boolean }
  | { readonly test: 'file' | 'folder' | 'exists'; readonly value: string; readonly not: boolean };
export type Instruction =
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'break' }
  | { readonly do: 'return'; readonly status: number; readonly text: string | null }
  | { readonly do: 'rewrite'; readonly regex: Regex; readonly to: string; readonly flag: '' | 'last' | 'break' | 'redirect' | 'permanent' }
  | { readonly do: 'if'; readonly when: Condition; readonly inside: readonly Instruction[]; readonly route: string };

export interface MapOptions {
  readonly name: string;
  readonly from: string;
  readonly entries: readonly { readonly exact: string | null; readonly regex: Regex | null; readonly value: string }[];
  readonly otherwise: string;
}
/** What every kind needs to compile values. */
export interface ValuesOptions {
  readonly names: readonly string[];
  readonly maps: readonly MapOptions[];
}

export interface LocationNode {
  readonly mode: 'exact' | 'prefix' | 'final' | 'regex';
  readonly pattern: string;
  readonly regex: Regex | null;
  readonly route: string;
  readonly internal: boolean;
  readonly slashRedirect: boolean;
  readonly except: { readonly methods: readonly string[]; readonly route: string } | null;
  readonly children: readonly LocationNode[];
}
export interface ServerOptions {
  readonly id: string;
  readonly ports: readonly { readonly port: number; readonly isDefault: boolean }[];
  readonly names: readonly string[];
  readonly script: readonly Instruction[];
  readonly mergeSlashes: boolean;
  readonly tokens: boolean;
  readonly locations: readonly LocationNode[];
}
export interface MatchOptions extends ValuesOptions {
  readonly servers: readonly ServerOptions[];
}
export interface RewriteOptions extends ValuesOptions {
  readonly script: readonly Instruction[];
}
export interface AccessOptions {
  readonly rules: readonly { readonly allow: boolean; readonly from: string }[];
  readonly basic: { readonly realm: string; readonly users: Readonly<Record<string, string>> } | null;
  readonly authRequest: string | null;
  /** Variables that take a field (`$upstream_http_x`) or the status of the authorising answer. */
  readonly authSet: readonly (readonly [name: string, value: string])[];
  readonly satisfyAny: boolean;
}
export interface LimitOptions extends ValuesOptions {
  readonly limits: readonly {
    readonly zone: string;
    readonly key: string;
    readonly rate: number;
    readonly burst: number;
    readonly delay: number | null;
  }[];
  readonly status: number;
  readonly dryRun: boolean;
}
export interface ForwardOptions extends ValuesOptions {
  readonly to: string;
  readonly prefix: string | null;
  readonly setHeaders: readonly (readonly [string, string])[];
  readonly method: string | null;
  readonly setBody: string | null;
  readonly passHeaders: boolean;
  readonly passBody: boolean;
  readonly keep: boolean;
  readonly underscores: boolean;
  readonly maxBody: number;
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
}
export interface StaticOptions extends ValuesOptions {
  readonly folder: string;
  readonly root: string;
  readonly alias: string | null;
  readonly prefix: string;
  readonly index: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly defaultType: string;
  readonly tryFiles: readonly string[];
  /** There is a proxy behind: only try_files looks at files. */
  readonly proxied: boolean;
}
export interface HeadOptions extends ValuesOptions {
  readonly defaultType: string;
  readonly add: readonly { readonly name: string; readonly value: string; readonly always: boolean }[];
  readonly pages: readonly { readonly statuses: readonly number[]; readonly override: number | null; readonly to: string }[];
  readonly intercept: boolean;
  readonly recursive: boolean;
  readonly hide: readonly string[];
  readonly pass: readonly string[];
  readonly redirects: readonly { readonly from: string; readonly to: string }[];
  readonly portInRedirect: boolean;
  readonly nameInRedirect: boolean;
  readonly absolute: boolean;
}
