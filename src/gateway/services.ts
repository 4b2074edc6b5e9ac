import path from 'node:path';
import type { Deps, Kit, UserFunction } from '../engine/kit.ts';
import { issuerHandler } from '../identity/issuer.ts';
import { unboundShape } from '../identity/mint.ts';
import { TestIdentity } from '../identity/test-identity.ts';
import { TestKeys } from '../identity/test-keys.ts';
import { policyKit } from '../policies/kit.ts';
import { documentFetcher } from '../transport/fetch-document.ts';
import { PlannedFaults } from '../transport/planned-faults.ts';
import { Pools } from '../transport/pools.ts';
import { proxyKind, type Replay } from '../transport/proxy.ts';
import { tunnelKind } from '../transport/tunnel-destination.ts';
import { Upstreams, type LiveTarget, type UpstreamTarget, type WireUpstream } from '../transport/upstreams.ts';
import { GatewayClock } from './clock.ts';
import { RedisStores } from './redis-store.ts';
import { Scopes, type ScopeState } from './scopes.ts';
import { MemoryStore, ProcessMemory } from './store.ts';
import type { GatewayOptions } from './types.ts';
import { collectInto, type UnhandledError } from './unhandled.ts';
import { clearWithin } from '../engine/scope.ts';
import { functionSettingsOf } from './function-target.ts';
import { composeFunctions, functionPrefix, isFunction } from './functions.ts';
import type { FunctionSettings, LocalUpstream } from '../model/gateway.ts';

/** All that outlives the programs of one gateway, and what kinds are given of it. */
export interface Services {
  readonly clock: GatewayClock;
  readonly upstreams: Upstreams;
  readonly faults: PlannedFaults;
  readonly replay: Replay;
  /** Lower-case. */
  readonly secretFields: ReadonlySet<string>;
  readonly errors: UnhandledError[];
  readonly identity: TestIdentity;
  /** The address of the local identity provider, which listens from when it is first asked for. */
  issuer(): Promise<string>;
  readonly deps: Deps;
  readonly kits: readonly Kit[];
  /** What the configuration itself says of upstreams and functions. */
  configure(configured: Readonly<Record<string, LocalUpstream>>): void;
  /** Puts something in the place of an upstream, or of a `function:NAME`. Answers how to take it back. */
  override(upstream: string, handler: LiveTarget | UserFunction, scope?: string): () => void;
  /** Counters, caches, overrides, faults and clock as they were at the start; those of one scope alone, where it is given. */
  reset(scope?: ScopeState): void;
  readonly scopes: Scopes;
  close(): Promise<void>;
}

type ServiceOptions = Pick<GatewayOptions, 'upstreams' | 'folder' | 'env' | 'watch' | 'keepTokenKeys' | 'onError' | 'onFunctionLog'>;

/** The one place where the parts of a gateway are put together. */
export function composeServices(options: ServiceOptions): Services {
  const { upstreamTargets, functions, settings } = splitUpstreams(options.upstreams ?? {}, options.folder ?? process.cwd());
  const overridden = new Map<string, UserFunction>();
  const clock = new GatewayClock();
  const store = new MemoryStore();
  const memory = new ProcessMemory();
  const scopes = new Scopes(clock);
  const pools = new Pools();
  const errors: UnhandledError[] = [];
  const collect = collectInto(errors, options.onError);
  const upstreams = new Upstreams(upstreamTargets, (upstream, error, request) => collect({ error, upstream, request }));
  const localFunctions = composeFunctions(options, settings);
  const redis = new RedisStores(upstreams);
  const faults = new PlannedFaults();
  const replay: Replay = { answer: null, rewind: () => {} };
  const secretFields = new Set<string>();
  const sending = { pools, upstreams, clock, faults, replay };
  const identity = new TestIdentity(new TestKeys(path.join(options.folder ?? process.cwd(), '.devgateway'), options.keepTokenKeys ?? false));
  const issuing = issuerHandler({
    keys: identity.keys,
    get issuer() {
      return identity.issuer ?? unboundShape.issuer;
    },
    token: (claims, tokenOptions) => identity.token(claims, tokenOptions, clock.now()),
  });
  const deps: Deps = {
    clock,
    store,
    storeAt: (server) => redis.at(server),
    memory,
    random: Math.random,
    fetch: documentFetcher(sending),
    functions(name, scope = '', isAnswer = () => false) {
      const names = localFunctions.namesOf(name);
      const among = (map: ReadonlyMap<string, UserFunction>, prefix = ''): UserFunction | undefined =>
        names.flatMap((one) => map.get(prefix + one) ?? [])[0];
      const run = among(overridden, scope) ?? among(overridden) ?? among(functions) ?? localFunctions.find(name);
      return run && watched(run, (error) => isAnswer(error) || collect({ error, upstream: `${functionPrefix}${name}`, request: '' }));
    },
    testTokens: identity,
    secretFields,
  };
  return {
    clock,
    upstreams,
    faults,
    replay,
    secretFields,
    errors,
    identity,
    issuer: () => upstreams.serve(issuing, 'the issuer'),
    deps,
    kits: [policyKit, { destinations: [proxyKind(sending), tunnelKind(sending)] }],
    scopes,
    configure(configured) {
      localFunctions.configure(configured);
      upstreams.configure(Object.fromEntries(Object.entries(configured).filter((one): one is [string, WireUpstream] => !isFunction(one[1]))));
    },
    override(upstream, handler, scope = '') {
      if (!upstream.startsWith(functionPrefix)) return upstreams.override(scope + upstream, handler as LiveTarget);
      const name = scope + upstream.slice(functionPrefix.length);
      overridden.set(name, handler as UserFunction);
      return () => {
        if (overridden.get(name) === handler) overridden.delete(name);
      };
    },
    reset(scope) {
      const prefix = scope?.prefix ?? '';
      upstreams.clearOverrides(prefix);
      clearWithin(overridden, prefix);
      faults.clear(prefix);
      store.clear(scope?.name);
      redis.clear(scope?.name);
      memory.clear(prefix);
      replay.rewind(scope?.prefix);
      if (scope === undefined) clock.reset();
      for (const one of scope === undefined ? scopes.all : [scope]) {
        one.clock.reset();
        one.traffic.clear();
      }
    },
    async close() {
      clock.close();
      for (const one of scopes.all) one.clock.close();
      redis.close();
      await Promise.all([pools.close(), upstreams.close(), localFunctions.close()]);
    },
  };
}

/** What the function throws is heard, and thrown as before. */
const watched =
  (run: UserFunction, failed: (error: unknown) => void): UserFunction =>
  async (...args) => {
    try {
      return await run(...args);
    } catch (error) {
      failed(error);
      throw error;
    }
  };

function splitUpstreams(
  given: NonNullable<GatewayOptions['upstreams']>,
  folder: string,
): {
  upstreamTargets: Record<string, UpstreamTarget>;
  functions: Map<string, UserFunction>;
  settings: Map<string, FunctionSettings>;
} {
  const upstreamTargets: Record<string, UpstreamTarget> = {};
  const functions = new Map<string, UserFunction>();
  const settings = new Map<string, FunctionSettings>();
  for (const [name, target] of Object.entries(given)) {
    const called = name.startsWith(functionPrefix) ? name.slice(functionPrefix.length) : undefined;
    if (called !== undefined && typeof target === 'function') functions.set(called, target as UserFunction);
    else if (called !== undefined) settings.set(called, functionSettingsOf(called, target, folder));
    else if (typeof target === 'object' && 'replay' in target) upstreamTargets[name] = { replay: path.resolve(folder, String(target.replay)) };
    else upstreamTargets[name] = target as UpstreamTarget;
  }
  return { upstreamTargets, functions, settings };
}
