import type { Exchange } from '../../../engine/exchange.ts';
import type { DestinationKind, LinkDeps, Opener } from '../../../engine/kit.ts';
import type { Algorithm } from './algorithm.ts';
import { Balanced, type BalancerOptions } from './balanced.ts';
import { consistentHashing } from './consistent-hashing.ts';
import { hashInput } from './hash-input.ts';
import { UpstreamHealth } from './health.ts';
import { latency } from './latency.ts';
import { leastConnections } from './least-connections.ts';
import { Probing, type ActiveChecks } from './probes.ts';
import { roundRobin } from './round-robin.ts';

/** How long a request waits for probes that are out: a moved clock wakes them and the request at once. */
const patienceMs = 50;

const makers: Readonly<Record<BalancerOptions['algorithm'], (options: BalancerOptions) => Algorithm>> = {
  'round-robin': ({ targets }) => roundRobin(targets),
  'consistent-hashing': ({ targets, count, slots }) => consistentHashing(targets, count, slots),
  'least-connections': ({ targets }) => leastConnections(targets),
  latency: ({ targets }) => latency(targets),
};

/** The targets of an upstream entity. Source: kong/runloop/balancer, kong.balancer of kong/init.lua. */
export const balancer: DestinationKind<BalancerOptions> = {
  kind: 'kong/balancer',
  create(options, deps, destination) {
    const openers = destination.children.map(deps.linkDestination);
    const { name, targets, algorithm, slots, count, active } = options;
    const poolKey = `kong:balancer:${name}:${JSON.stringify([algorithm, slots, count, targets.map(({ host, port, weight }) => [host, port, weight])])}`;
    const hashOf = hashInput(options.hash, deps.random);
    const probing = active === null || targets.length === 0 ? null : probingOf(options, active, openers.slice(targets.length), deps);
    return async (exchange) => {
      const pool = deps.memory.get(exchange.scope + poolKey, () => makers[algorithm](options));
      const health = deps.memory.get(`${exchange.scope}kong:health:${name}`, () => new UpstreamHealth());
      if (probing !== null) await probing(exchange, health).used(patienceMs);
      return new Balanced(exchange, options, { openers, pool, health, clock: exchange.clock ?? deps.clock }, hashOf(exchange)).run();
    };
  },
};

/** Finds the one that looks after an upstream in a scope; it is made anew where its settings have changed. */
function probingOf(
  { name, targets }: BalancerOptions,
  active: ActiveChecks,
  openers: readonly Opener[],
  { memory, clock }: LinkDeps,
): (exchange: Exchange, health: UpstreamHealth) => Probing {
  const settings = JSON.stringify([active, targets.map(({ host, port, probedAs }) => [host, port, probedAs])]);
  return (exchange, health) => {
    const key = `${exchange.scope}kong:probing:${name}`;
    const find = (): { settings: string; probing: Probing | null } => memory.get(key, () => ({ settings: '', probing: null }));
    const held = find();
    if (held.settings === settings && held.probing !== null) return held.probing;
    held.probing?.stop();
    held.settings = settings;
    const probed = targets.map(({ host, port, probedAs }, at) => ({
      open: openers[at] as Opener,
      host: probedAs,
      health: health.of(`${host}:${port}`),
    }));
    return (held.probing = new Probing(active, probed, exchange, exchange.clock ?? clock, () => find() === held));
  };
}
