import { defaultLimits, type Listener, type ListenerTls, type Named, type Route, type Site } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import { readNginxConf, type Directive } from '../../sources/nginx-conf.ts';
import { thousandthsPerSecond } from '../../limiters/leaky-bucket.ts';
import type { Files } from '../../sources/files.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import { checkHttp } from './check.ts';
import { Context } from './context.ts';
import type { Instruction, LocationNode, MapOptions, ServerOptions, ValuesOptions } from './options.ts';
import { tlsOf } from './tls.ts';
import { planOf, type Whole } from './plan.ts';
import { reportUnknown } from './unknown.ts';
import { readPattern, readScript } from './script.ts';

/** Turns each nginx.conf into a site: every server of its http block behind one matcher. Files of `conf.d` are one http block together. */
export function compileNginx({ sources, files, ledger }: CompileInput): Compiled {
  const read = sources.map((source) => {
    const directives = readNginxConf(source.text, source.name, source.folder, files, ledger);
    reportUnknown(directives, ledger);
    return { directives, folder: source.folder };
  });
  const isWhole = ({ directives }: { readonly directives: readonly Directive[] }): boolean => directives.some(({ name }) => name === 'http');
  const sites = read.filter(isWhole).map(({ directives, folder }) => {
    const main = new Context(directives, null, ledger, 'nginx/main');
    for (const one of directives) if (one.name !== 'http') ignore(one, main);
    const block = main.own('http').flatMap((one) => one.block ?? []);
    return siteOf(new Context(block, main, ledger, 'nginx/http'), folder, files);
  });
  const fragments = read.filter((one) => !isWhole(one));
  if (fragments[0] !== undefined) {
    const block = fragments.flatMap(({ directives }) => directives);
    sites.push(siteOf(new Context(block, null, ledger, 'nginx/http'), fragments[0].folder, files));
  }
  return { sites };
}

function siteOf(http: Context, folder: string, files: Files): Site {
  checkHttp(http.directives, http.ledger);
  const values = valuesOf(http.directives, http);
  const whole: Whole = { values, zones: zonesOf(http), upstreams: upstreamsOf(http), folder, files };
  const servers = new Servers(whole);
  for (const [index, one] of http.own('server').entries()) servers.read(one, `server ${index}`, http);
  const named = (kind: string, options: unknown): Named => ({ kind, options, origin: nowhere });
  const match = { ...values, servers: servers.options };
  return {
    id: 'nginx',
    dialect: 'nginx',
    faults: named('nginx/faults', null),
    matcher: named('nginx/locations', match),
    listeners: servers.listeners(),
    hosts: [],
    arrival: [named('nginx/server', match)],
    routes: servers.routes,
    noRoute: { request: [], destination: null, head: [], body: [], log: [] },
    // nginx counts its own redirections and stops at ten.
    limits: { ...defaultLimits, maxJumps: 100 },
  };
}

function ignore(one: Directive, context: Context): void {
  context.ledger.settle(one.origin, 'ignored', 'nginx/main', 'concerns the processes of nginx');
  for (const inner of one.block ?? []) ignore(inner, context);
}

/** Every name that a variable may have: set, captured, or made by a map. */
function valuesOf(block: readonly Directive[], http: Context): ValuesOptions {
  const names = new Set<string>();
  const walk = (all: readonly Directive[]): void => {
    for (const one of all) {
      if (one.name === 'set' || one.name === 'auth_request_set') names.add((one.args[0] ?? '').replace(/^\$/, ''));
      for (const arg of one.args) for (const match of arg.matchAll(/\(\?P?<(\w+)>/g)) names.add(match[1] as string);
      walk(one.block ?? []);
    }
  };
  walk(block);
  const maps = http.own('map').map((one): MapOptions => {
    const entries = (one.block ?? []).filter((entry) => !['default', 'hostnames', 'volatile', 'include'].includes(entry.name));
    for (const entry of one.block ?? []) http.ledger.settle(entry.origin, 'mirrored', 'nginx/map');
    return {
      name: (one.args[1] ?? '').replace(/^\$/, ''),
      from: one.args[0] ?? '',
      entries: entries.map((entry) => {
        const value = entry.args[0] ?? '';
        const regex = /^~(\*?)(.*)$/s.exec(entry.name);
        if (regex !== null) return { exact: null, regex: { source: regex[2] as string, anyCase: regex[1] === '*' }, value };
        return { exact: entry.name.replace(/^\\/, '').toLowerCase(), regex: null, value };
      }),
      otherwise: (one.block ?? []).find((entry) => entry.name === 'default')?.args[0] ?? '',
    };
  });
  return { names: [...names], maps };
}

function zonesOf(http: Context): Map<string, { key: string; rate: number }> {
  return new Map(
    http.own('limit_req_zone').flatMap((one): [string, { key: string; rate: number }][] => {
      const zone = /zone=([^:]+)/.exec(one.args.join(' '))?.[1];
      const rate = /rate=(\d+)r\/([sm])/.exec(one.args.join(' '));
      if (zone === undefined || rate === null) {
        http.problem(one, 'DG1203', 'invalid limit_req_zone', 'expected: limit_req_zone KEY zone=NAME:SIZE rate=Nr/s');
        return [];
      }
      return [[zone, { key: one.args[0] ?? '', rate: thousandthsPerSecond(Number(rate[1]), rate[2] === 's' ? 'second' : 'minute') }]];
    }),
  );
}

/** Addresses of each upstream, as often as their weight says. */
function upstreamsOf(http: Context): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = Object.create(null) as Record<string, readonly string[]>;
  for (const one of http.own('upstream')) {
    const inner = new Context(one.block ?? [], null, http.ledger, 'nginx/upstream');
    const servers = inner.own('server').filter((server) => !server.args.includes('down') && !server.args.includes('backup'));
    found[(one.args[0] ?? '').toLowerCase()] = servers.flatMap((server) => {
      const weight = Number(server.args.find((arg) => arg.startsWith('weight='))?.slice(7) ?? 1);
      if (!(Number.isInteger(weight) && weight >= 1 && weight <= 65_535))
        inner.problem(server, 'DG1203', 'invalid weight', 'expected a whole number from 1 to 65535');
      return Array.from({ length: Math.min(65_535, Math.max(1, Math.floor(weight) || 1)) }, () => server.args[0] ?? '');
    });
  }
  return found;
}

/** Collects servers, their locations and the routes of both. */
class Servers {
  readonly options: ServerOptions[] = [];
  readonly routes: Route[] = [];
  readonly #whole: Whole;
  readonly #tls = new Map<number, ListenerTls[]>();
  #count = 0;

  constructor(whole: Whole) {
    this.#whole = whole;
  }

  read(server: Directive, id: string, http: Context): void {
    const block = server.block ?? [];
    const context = new Context(block, http, http.ledger, 'nginx/server');
    const listens = context.own('listen');
    const ports = (listens.length === 0 ? [['80']] : listens.map((one) => one.args)).map((args) => ({
      port: Number(/(?:^|:)(\d+)$/.exec(args[0] ?? '')?.[1] ?? 80),
      isDefault: args.includes('default_server') || args.includes('default'),
      secure: args.includes('ssl'),
    }));
    const names = context.own('server_name').flatMap((one) => one.args);
    for (const { port, secure } of ports)
      if (secure) this.#tls.set(port, [...(this.#tls.get(port) ?? []), tlsOf(context, names, this.#whole.files, this.#whole.folder)]);
    this.#ifs(context, block, { content: block, prefix: null });
    this.#add(id, server, context, { content: [], prefix: null, script: [], label: `server ${context.own('server_name')[0]?.args[0] ?? ''}` });
    const script = readScript(this.#settled(context), (one) => this.#routeOf(one));
    this.options.push({
      id,
      ports,
      names,
      script,
      mergeSlashes: context.flag('merge_slashes', true),
      tokens: context.flag('server_tokens', true),
      locations: this.#locations(context, id),
    });
  }

  listeners(): Listener[] {
    const ports = [...new Set(this.options.flatMap((one) => one.ports.map(({ port }) => port)))];
    return ports.map((port) => {
      const tls = this.#tls.get(port);
      const name = `port ${port}`;
      if (tls === undefined) return { name, port, protocol: 'http' };
      return { name, port, protocol: 'https', tls: { certificates: tls.flatMap((one) => one.certificates) } };
    });
  }

  readonly #ids = new Map<Directive, string>();
  #routeOf(block: Directive): string {
    let id = this.#ids.get(block);
    if (id === undefined) this.#ids.set(block, (id = `if ${(this.#count += 1)}`));
    return id;
  }

  /** The rewrite directives of a level, settled. */
  #settled(context: Context): readonly Directive[] {
    context.own('set', 'return', 'rewrite', 'if', 'break');
    for (const one of context.directives)
      if (one.name === 'if')
        new Context(one.block ?? [], null, context.ledger, 'nginx/if').own('set', 'return', 'rewrite', 'break', 'proxy_pass', 'add_header');
    return context.directives;
  }

  #locations(context: Context, server: string): LocationNode[] {
    return context.own('location').flatMap((one): LocationNode[] => {
      const inner = new Context(one.block ?? [], context, context.ledger, 'nginx/location');
      const text = one.args.join(' ');
      if (text.startsWith('@')) {
        this.#location(`${server}${text}`, one, inner, null);
        return [];
      }
      const { mode, pattern, regex } = readPattern(one.args);
      const id = `${server} location ${(this.#count += 1)}`;
      const prefix = mode === 'regex' ? null : pattern;
      this.#location(id, one, inner, prefix);
      const proxied = inner.own('proxy_pass').length > 0;
      return [
        {
          mode,
          pattern,
          regex,
          route: id,
          internal: inner.own('internal').length > 0,
          slashRedirect: proxied && mode !== 'regex' && pattern.endsWith('/'),
          except: this.#except(inner, one, prefix),
          children: this.#locations(inner, server),
        },
      ];
    });
  }

  #location(id: string, one: Directive, inner: Context, prefix: string | null): void {
    const place = { content: inner.directives, prefix };
    this.#ifs(inner, inner.directives, place);
    this.#add(id, one, inner, {
      ...place,
      script: readScript(this.#settled(inner), (block) => this.#routeOf(block)),
      label: `location ${one.args.join(' ')}`,
    });
  }

  /** The pseudo-locations of `if` blocks: what they do not say comes from the location around them. */
  #ifs(context: Context, directives: readonly Directive[], place: { content: readonly Directive[]; prefix: string | null }): void {
    for (const one of directives) {
      if (one.name !== 'if') continue;
      const own = one.block ?? [];
      const inner = new Context(own, context, context.ledger, 'nginx/if');
      const content = own.some((inside) => inside.name === 'proxy_pass') ? own : place.content;
      this.#add(this.#routeOf(one), one, inner, { content, prefix: place.prefix, script: [], label: `if ${one.args.join(' ')}` });
    }
  }

  #except(inner: Context, location: Directive, prefix: string | null): LocationNode['except'] {
    const one = inner.own('limit_except')[0];
    if (one === undefined) return null;
    const id = `except ${(this.#count += 1)}`;
    const context = new Context(one.block ?? [], inner, inner.ledger, 'nginx/limit_except');
    const script = readScript(inner.directives, (block) => this.#routeOf(block));
    this.#add(id, location, context, { content: inner.directives, prefix, script, label: `limit_except ${one.args.join(' ')}` });
    const methods = one.args.includes('GET') ? [...one.args, 'HEAD'] : one.args;
    return { methods, route: id };
  }

  #add(
    id: string,
    one: Directive,
    context: Context,
    place: { content: readonly Directive[]; prefix: string | null; script: readonly Instruction[]; label: string },
  ): void {
    const plan = planOf(context, { origin: one.origin, content: place.content, prefix: place.prefix, script: place.script }, this.#whole);
    const upstream = place.content.find((inner) => inner.name === 'proxy_pass')?.args[0] ?? '';
    this.routes.push({ ...plan, id, when: null, origin: one.origin, label: { match: place.label, upstream } });
  }
}
