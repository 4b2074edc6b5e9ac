import { createServer, type Server } from 'node:http';
import type { ConfiguredFunction, ContainerSettings, LocalUpstream } from '../model/gateway.ts';
import { fillTemplate, problemOfTemplate } from '../matching/url-template.ts';
import { Containers } from './containers/containers.ts';
import { UpstreamPatterns } from './upstream-patterns.ts';
import { handlersOf, type Failed, type Handlers, type ServedTarget } from './served-upstream.ts';

/** Runs in a container, from the first request for it until the gateway is closed. */
export interface ContainerTarget {
  readonly container: ContainerSettings;
}
/** A tape that answers: the path of a HAR file. */
export interface Taped {
  readonly replay: string;
}
/** What can be asked: a URL (`echo:` is a built-in echo), what is served here, or a container. */
export type LiveTarget = string | URL | ServedTarget | ContainerTarget;
/** What a configuration may say of an upstream; a function is none. */
export type WireUpstream = Exclude<LocalUpstream, ConfiguredFunction>;
/** Where a production address is on this machine. */
export type UpstreamTarget = LiveTarget | Taped;

interface Served {
  readonly url: string;
  readonly server: Server;
}
const graceMs = 5_000;

/**
 * Where production addresses are on this machine. What nobody mapped keeps its own address. `shop/*` maps what is called so, `*` everything else.
 * Functions get a server of their own on loopback when they are first asked.
 */
export class Upstreams {
  readonly #targets: ReadonlyMap<string, UpstreamTarget>;
  readonly #patterns: UpstreamPatterns<UpstreamTarget>;
  /** By the list of names: each upstream of a configuration has its own, and two may share a URL. */
  #origins = new WeakMap<readonly string[], string>();
  readonly #served = new Map<unknown, Promise<Served>>();
  readonly #servers = new Set<Server>();
  readonly #containers = new Containers();
  #configured: Readonly<Record<string, WireUpstream>> = {};
  #configuredPatterns = new UpstreamPatterns<WireUpstream>([]);
  readonly #failed: (upstream: string, ...what: Parameters<Failed>) => void;
  readonly #overrides = new Map<string, LiveTarget>();

  /**
   * `failed` hears what functions throw, and of which upstream.
   * @throws TypeError where a target is no URL, or has a placeholder that cannot be filled.
   */
  constructor(targets: Readonly<Record<string, UpstreamTarget>>, failed: (upstream: string, ...what: Parameters<Failed>) => void) {
    this.#targets = new Map(Object.entries(targets));
    for (const [name, target] of this.#targets) checkUrl(name, target);
    this.#patterns = new UpstreamPatterns(this.#targets);
    this.#failed = failed;
  }

  /** The origin to connect to. `names`: every way in which the configuration writes the upstream; `url`: its own address. */
  resolve(names: readonly string[], url: string, scope = ''): string | Promise<string> {
    // What is known of a name for good does not count where a scope may have put something else in its place.
    const own = scope === '' || this.#overrides.size === 0 ? undefined : this.#overridden(namesOf(scope, names));
    if (own !== undefined) return this.#originOf(own, names[0] ?? url);
    const known = this.#origins.get(names);
    if (known !== undefined) return known;
    const target = this.find(names) ?? url;
    if (isTaped(target)) throw new Error('a tape has no address');
    const origin = this.#originOf(typeof target === 'string' ? fillTemplate(target, names, url) : target, names[0] ?? url);
    if (typeof origin === 'string') this.#origins.set(names, origin);
    return origin;
  }

  #originOf(target: LiveTarget, name: string): string | Promise<string> {
    if (isContainer(target)) return this.#containers.start(target.container);
    return isServed(target) ? this.serve(target, name) : originOf(String(target));
  }

  /** What the configuration itself says. What was given in code or on the command line stands above it. */
  configure(configured: Readonly<Record<string, WireUpstream>>): void {
    this.#configured = configured;
    this.#configuredPatterns = new UpstreamPatterns(Object.entries(configured));
    this.#origins = new WeakMap();
    const known = [...Object.values(configured), ...this.#targets.values(), ...this.#overrides.values()];
    this.#containers.keepOnly(known.filter(isContainer).map(({ container }) => container));
  }

  /**
   * Puts something in the place of an upstream, above all else that is known of it. Answers how to take it back. Behind the prefix of a scope
   * a name stands for that scope alone.
   */
  override(name: string, target: LiveTarget): () => void {
    if (isTaped(target)) throw new TypeError('a tape cannot be an override: name it among the upstreams');
    const before = this.#overrides.get(name);
    this.#overrides.set(name, target);
    this.#origins = new WeakMap();
    if (before !== undefined) this.#release(before);
    return () => {
      if (this.#overrides.get(name) === target) this.#remove([name]);
    };
  }

  /** Of one scope, or all. */
  clearOverrides(scope = ''): void {
    this.#remove([...this.#overrides.keys()].filter((name) => name.startsWith(scope)));
  }

  /** Whether tests have put something in its place. */
  isOverridden(names: readonly string[], scope: string): boolean {
    return this.#overrides.size > 0 && this.#overridden(namesWithin(scope, names)) !== undefined;
  }

  /** Whether anything on this machine stands for it. */
  isMapped(names: readonly string[], scope = ''): boolean {
    return this.find(names) !== undefined || this.isOverridden(names, scope);
  }

  /** The tape that stands for an upstream. */
  tapeOf(names: readonly string[]): string | undefined {
    const target = this.find(names);
    return isTaped(target) ? target.replay : undefined;
  }

  /** Every tape that stands for some upstream, once the configuration says this. */
  tapesWith(configured: Readonly<Record<string, LocalUpstream>>): string[] {
    return [...this.#targets.values(), ...Object.values(configured)].flatMap((one) => (isTaped(one) ? [one.replay] : []));
  }

  find(names: readonly string[]): UpstreamTarget | undefined {
    const overridden = this.#overrides.size === 0 ? undefined : this.#overridden([...names, '*']);
    if (overridden !== undefined) return overridden;
    for (const name of names) {
      const target = this.#targets.get(name);
      if (target !== undefined) return target;
    }
    const exact = names.map((name) => this.#configured[name]).find((one) => one !== undefined);
    if (exact !== undefined) return targetOf(exact);
    const alike = this.#patterns.find(names);
    if (alike !== undefined) return alike;
    const configured = this.#configuredPatterns.find(names) ?? this.#configured['*'];
    return configured === undefined ? this.#targets.get('*') : targetOf(configured);
  }

  async close(): Promise<void> {
    const servers = [...this.#servers].map((server) => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())));
    await Promise.all([...servers, this.#containers.close()]);
  }

  #overridden(names: readonly string[]): LiveTarget | undefined {
    for (const name of names) {
      const target = this.#overrides.get(name);
      if (target !== undefined) return target;
    }
    return undefined;
  }

  #remove(names: readonly string[]): void {
    const removed = names.map((name) => this.#overrides.get(name));
    for (const name of names) this.#overrides.delete(name);
    this.#origins = new WeakMap();
    for (const target of removed) if (target !== undefined) this.#release(target);
  }

  /** Closes the server of a function that no name stands for any more, after the time of those who are on their way to it. */
  #release(target: LiveTarget): void {
    const served = this.#served.get(target);
    if (typeof target !== 'function' || served === undefined) return;
    if ([...this.#overrides.values(), ...this.#targets.values()].includes(target)) return;
    this.#served.delete(target);
    void served.then(
      ({ server }) => setTimeout(() => server.close(), graceMs).unref(),
      () => {},
    );
  }

  /** Where a function is served: on a server of its own on loopback, from when it is first asked for. `name`: whose failures these are. */
  async serve(target: ServedTarget | 'echo:', name: string): Promise<string> {
    const key = typeof target === 'object' && 'module' in target ? target.module : target;
    let served = this.#served.get(key);
    if (served === undefined) {
      served = handlersOf(target, (...what) => this.#failed(name, ...what)).then((handlers) => this.#listen(handlers));
      this.#served.set(key, served);
    }
    return (await served).url;
  }

  #listen({ listener, upgrade }: Handlers): Promise<Served> {
    const server = createServer({ maxHeaderSize: 262_144 }, listener);
    if (upgrade !== null) server.on('upgrade', upgrade);
    this.#servers.add(server);
    server.on('close', () => this.#servers.delete(server));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, server }));
      server.unref();
    });
  }
}

function checkUrl(name: string, target: UpstreamTarget): void {
  const problem = typeof target === 'string' ? problemOfTemplate(name, target) : undefined;
  if (problem !== undefined) throw new TypeError(`upstream ${JSON.stringify(name)}: ${problem}`);
}

const targetOf = (local: WireUpstream): UpstreamTarget => ('url' in local ? local.url : local);
const isTaped = (target: unknown): target is Taped => typeof target === 'object' && target !== null && 'replay' in target;
const isContainer = (target: UpstreamTarget | LocalUpstream): target is ContainerTarget => typeof target === 'object' && 'container' in target;
const isServed = (target: Exclude<LiveTarget, ContainerTarget>): target is ServedTarget | 'echo:' =>
  target === 'echo:' || !(typeof target === 'string' || target instanceof URL);

/** The names that stand for an upstream in a scope: each, then all; with the prefix of the scope. */
const namesOf = (scope: string, names: readonly string[]): string[] => [...names, '*'].map((name) => scope + name);

/** The same, then those of the gateway itself. */
export const namesWithin = (scope: string, names: readonly string[]): string[] =>
  scope === '' ? [...names, '*'] : [...namesOf(scope, names), ...names, '*'];

function originOf(url: string): string {
  if (url.startsWith('unix:')) return url;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
