import path from 'node:path';
import { proxyDefaults, type Destination, type Plan, type ProxyOptions, type Step } from '../../model/gateway.ts';
import type { Origin } from '../../model/origin.ts';
import type { Directive } from '../../sources/nginx-conf.ts';
import type { Files } from '../../sources/files.ts';
import { bytesOf, type Context } from './context.ts';
import type { AccessOptions, ForwardOptions, HeadOptions, Instruction, LimitOptions, StaticOptions, ValuesOptions } from './options.ts';

/** What the whole configuration says, for the plans of its locations. */
export interface Whole {
  readonly values: ValuesOptions;
  readonly zones: ReadonlyMap<string, { readonly key: string; readonly rate: number }>;
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
  readonly folder: string;
  readonly files: Files;
}
export interface Place {
  readonly origin: Origin;
  /** Directives that say where content comes from: those of the location, also inside its `if` blocks. */
  readonly content: readonly Directive[];
  readonly prefix: string | null;
  readonly script: readonly Instruction[];
}

/** The steps of one location, in the order of nginx's phases: rewrite, limits, access, files, content. */
export function planOf(context: Context, place: Place, whole: Whole): Plan {
  const step = (kind: string, options: unknown): Step => ({ kind, options, origin: place.origin });
  const proxy = place.content.find((one) => one.name === 'proxy_pass');
  const request: Step[] = [step('nginx/rewrite', { ...whole.values, script: place.script })];
  const limit = limitOf(context, whole);
  if (limit !== null) request.push(step('nginx/limit-req', limit));
  const access = accessOf(context, whole);
  if (access !== null) request.push(step('nginx/access', access));
  const files = filesOf(context, place, whole, proxy !== undefined);
  if (proxy === undefined || files.tryFiles.length > 0) request.push(step('nginx/files', files));
  let destination: Destination | null = null;
  if (proxy !== undefined) {
    context.own('proxy_pass');
    request.push(step('nginx/proxy', forwardOf(context, proxy, place, whole)));
    destination = { kind: 'proxy', options: proxyOf(context), origin: proxy.origin, children: [] };
  }
  return { request, destination, head: [step('nginx/head', headOf(context, place, proxy, whole))], body: [], log: [] };
}

function limitOf(context: Context, whole: Whole): LimitOptions | null {
  const limits = context.inherited('limit_req').flatMap((one) => {
    const named = (name: string): string | undefined => one.args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
    const zone = named('zone') ?? '';
    const known = whole.zones.get(zone);
    if (known === undefined) {
      context.problem(one, 'DG1205', `unknown limit_req zone "${zone}"`, 'expected a limit_req_zone of that name');
      return [];
    }
    const delay = one.args.includes('nodelay') ? null : Number(named('delay') ?? 0);
    return [{ zone, ...known, burst: Number(named('burst') ?? 0), delay }];
  });
  if (limits.length === 0) return null;
  return { ...whole.values, limits, status: Number(context.word('limit_req_status', '503')), dryRun: context.flag('limit_req_dry_run', false) };
}

function accessOf(context: Context, whole: Whole): AccessOptions | null {
  const rules = context.inherited('allow', 'deny').map((one) => ({ allow: one.name === 'allow', from: one.args[0] ?? 'all' }));
  const realm = context.word('auth_basic', 'off');
  const userFile = context.inherited('auth_basic_user_file').at(-1)?.args[0];
  const authRequest = context.word('auth_request', 'off');
  const basic = realm === 'off' || userFile === undefined ? null : { realm, users: usersOf(path.resolve(whole.folder, userFile), whole.files) };
  if (rules.length === 0 && basic === null && authRequest === 'off') return null;
  const authSet = context.inherited('auth_request_set').map((one) => [(one.args[0] ?? '').replace(/^\$/, ''), one.args[1] ?? ''] as const);
  return { rules, basic, authRequest: authRequest === 'off' ? null : authRequest, authSet, satisfyAny: context.word('satisfy', 'all') === 'any' };
}

function usersOf(file: string, files: Files): Readonly<Record<string, string>> {
  const users: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of (files.read(file) ?? '').split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0 && !line.startsWith('#')) users[line.slice(0, at)] = line.slice(at + 1).split(':')[0] as string;
  }
  return users;
}

function filesOf(context: Context, place: Place, whole: Whole, proxied: boolean): StaticOptions {
  const types: Record<string, string> = {};
  for (const block of context.inherited('types'))
    for (const one of block.block ?? []) for (const extension of one.args) types[extension.toLowerCase()] = one.name;
  return {
    ...whole.values,
    folder: whole.folder,
    root: context.word('root', 'html'),
    alias: place.content.find((one) => one.name === 'alias')?.args[0] ?? null,
    prefix: place.prefix ?? '',
    index: context.inherited('index').at(-1)?.args ?? ['index.html'],
    types: Object.keys(types).length > 0 ? types : { html: 'text/html', gif: 'image/gif', jpg: 'image/jpeg' },
    defaultType: context.word('default_type', 'text/plain'),
    tryFiles: context.own('try_files').at(-1)?.args ?? [],
    proxied,
  };
}

function forwardOf(context: Context, proxy: Directive, place: Place, whole: Whole): ForwardOptions {
  const optional = (name: string): string | null => context.inherited(name).at(-1)?.args[0] ?? null;
  return {
    ...whole.values,
    to: proxy.args[0] ?? '',
    prefix: place.prefix,
    setHeaders: context.inherited('proxy_set_header').map((one) => [one.args[0] ?? '', one.args[1] ?? ''] as const),
    method: optional('proxy_method'),
    setBody: optional('proxy_set_body'),
    passHeaders: context.flag('proxy_pass_request_headers', true),
    passBody: context.flag('proxy_pass_request_body', true),
    keep: context.word('proxy_http_version', '1.0') !== '1.0',
    underscores: context.flag('underscores_in_headers', false),
    maxBody: bytesOf(context.word('client_max_body_size', '1m')) ?? 1_048_576,
    upstreams: whole.upstreams,
  };
}

function proxyOf(context: Context): ProxyOptions {
  const version = context.inherited('proxy_http_version').at(-1);
  const text = version?.args[0] ?? '1.0';
  if (version !== undefined && text !== '1.0' && text !== '1.1')
    context.problem(version, 'DG1203', `invalid value "${text}" in "proxy_http_version" directive`, 'it must be "1.0" or "1.1"');
  const readMs = context.time('proxy_read_timeout', 60_000);
  return {
    ...proxyDefaults,
    names: [],
    url: '',
    httpVersion: text === '1.0' ? '1.0' : '1.1',
    connectTimeoutMs: context.time('proxy_connect_timeout', 60_000),
    responseTimeoutMs: readMs,
    idleTimeoutMs: readMs,
    upgrades: 'as-sent',
  };
}

function headOf(context: Context, place: Place, proxy: Directive | undefined, whole: Whole): HeadOptions {
  const pages = context.inherited('error_page').map((one) => {
    const override = one.args.find((arg, index) => index > 0 && /^=\d*$/.test(arg));
    const statuses = one.args
      .slice(0, -1)
      .filter((arg) => /^\d+$/.test(arg))
      .map(Number);
    return { statuses, override: override === undefined ? null : Number(override.slice(1)), to: one.args.at(-1) ?? '' };
  });
  const names = (name: string): string[] => context.inherited(name).flatMap((one) => one.args.slice(0, 1));
  return {
    ...whole.values,
    defaultType: context.word('default_type', 'text/plain'),
    add: context.inherited('add_header').map((one) => ({ name: one.args[0] ?? '', value: one.args[1] ?? '', always: one.args[2] === 'always' })),
    pages,
    intercept: context.flag('proxy_intercept_errors', false),
    recursive: context.flag('recursive_error_pages', false),
    hide: names('proxy_hide_header'),
    pass: names('proxy_pass_header'),
    redirects: redirectsOf(context, place, proxy),
    portInRedirect: context.flag('port_in_redirect', true),
    nameInRedirect: context.flag('server_name_in_redirect', false),
    absolute: context.flag('absolute_redirect', true),
  };
}

function redirectsOf(context: Context, place: Place, proxy: Directive | undefined): { from: string; to: string }[] {
  const given = context.inherited('proxy_redirect');
  if (given.some((one) => one.args[0] === 'off')) return [];
  const to = proxy?.args[0] ?? '';
  const usual =
    to.includes('$') || to === '' ? [] : [/^https?:\/\/[^/]+$/.test(to) ? { from: `${to}/`, to: '/' } : { from: to, to: place.prefix ?? '/' }];
  if (given.length === 0) return usual;
  return given.flatMap((one) =>
    one.args[0] === 'default'
      ? usual
      : one.args.length > 1 && !one.args[0]?.startsWith('~')
        ? [{ from: one.args[0] as string, to: one.args[1] as string }]
        : [],
  );
}
