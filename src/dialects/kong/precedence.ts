import type { KongPluginEntry } from './entities/plugin.ts';
import type { KongRoute } from './entities/route.ts';

/**
 * Of several entries of one plugin the most specific one counts. r: route, s: service, c: consumer, g: consumer group.
 * Source: kong.runloop.plugins_iterator, lookup_cfg; an entry for a consumer and a group at once is never looked up.
 */
const order = ['', 's', 'r', 'g', 'c', 'rs', 'sg', 'rg', 'sc', 'rc', 'rsg', 'rsc'];
const rankOf = ({ route, service, consumer, consumerGroup }: KongPluginEntry): number =>
  order.indexOf(`${route === '' ? '' : 'r'}${service === '' ? '' : 's'}${consumer === '' ? '' : 'c'}${consumerGroup === '' ? '' : 'g'}`);

export interface Ranked {
  readonly entry: KongPluginEntry;
  readonly rank: number;
}

/** The entries of one plugin that are switched on, found by where they stand: no route looks at those of the others. */
export class PluginScopes {
  readonly #byRoute = new Map<string, Ranked[]>();
  readonly #byService = new Map<string, Ranked[]>();
  readonly #elsewhere: Ranked[] = [];

  readonly all: readonly Ranked[];

  constructor(entries: readonly KongPluginEntry[]) {
    this.all = entries.map((entry) => ({ entry, rank: rankOf(entry) })).filter(({ entry, rank }) => entry.enabled && rank >= 0);
    for (const { entry, rank } of this.all) {
      if (entry.route !== '') push(this.#byRoute, entry.route, { entry, rank });
      else if (entry.service !== '') push(this.#byService, entry.service, { entry, rank });
      else this.#elsewhere.push({ entry, rank });
    }
  }

  /** A name for the entries that could count on a route: routes that share it share what comes of them. Null: it shares with none. */
  placeOf(route: KongRoute): string | null {
    if (this.#byRoute.has(route.id)) return null;
    const service = route.service?.id ?? '';
    return this.#byService.has(service) ? `service ${service}` : '';
  }

  /** The entries that count where no route matched: there, nobody has said who they are. */
  get everywhere(): Ranked[] {
    return this.#elsewhere.filter(({ entry }) => entry.consumer === '' && entry.consumerGroup === '');
  }

  /** The entries that could count on a route, the most specific one first. */
  on(route: KongRoute): Ranked[] {
    const service = route.service?.id ?? '';
    const onRoute = (this.#byRoute.get(route.id) ?? []).filter(({ entry }) => entry.service === '' || entry.service === service);
    return [...onRoute, ...(this.#byService.get(service) ?? []), ...this.#elsewhere].sort((a, b) => b.rank - a.rank);
  }
}

function push<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
}
