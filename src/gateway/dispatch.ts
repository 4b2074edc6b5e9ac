import type { Exchange } from '../engine/exchange.ts';
import type { Program, SiteProgram } from '../engine/link.ts';
import type { Limits, Listener } from '../model/gateway.ts';

const implied: Listener = Object.freeze({ name: 'default', port: 80, protocol: 'http' });

/** All listeners of a configuration that share a port, tunnels last; the first one gives its name to requests. */
export type SharedPort = readonly [Listener, ...Listener[]];

/** Whether its connections begin with a TLS handshake: such listeners can share a port, and no others can share it with them. */
export const isSecure = ({ protocol }: Listener): boolean => protocol !== 'http';
export const portKey = (listener: Listener): string => `${listener.gateway ?? ''} ${listener.port} ${isSecure(listener)}`;

/** Which site a request belongs to: by listener, then by host. Made once for each program. */
export class Dispatch {
  /** The listeners that share one port here, by port. */
  readonly ports: readonly SharedPort[];
  readonly #sites: ReadonlyMap<string, readonly SiteProgram[]>;
  readonly #only: SiteProgram | null;

  constructor({ sites }: Program) {
    const ports = new Map<string, [Listener, ...Listener[]]>();
    const byListener = new Map<string, SiteProgram[]>();
    for (const site of sites) {
      for (const listener of site.site.listeners.length === 0 ? [implied] : site.site.listeners) {
        const key = keyOf(listener);
        const shared = portKey(listener);
        const there = ports.get(shared);
        if (there === undefined) ports.set(shared, [listener]);
        else there.push(listener);
        const claimed = byListener.get(key);
        if (claimed === undefined) byListener.set(key, [site]);
        else if (!claimed.includes(site)) claimed.push(site);
      }
    }
    // What can be asked by HTTP comes first: it is what the address of a gateway is for.
    const shared = [...ports.values()].map((listeners) => tunnelsLast(listeners, (one) => one) as [Listener, ...Listener[]]);
    this.ports = tunnelsLast(shared, ([first]) => first);
    this.#sites = byListener;
    this.#only = sites.length === 1 ? (sites[0] as SiteProgram) : null;
  }

  siteOf(exchange: Exchange): SiteProgram {
    if (this.#only !== null) return this.#only;
    const there = this.#sites.get(keyOf(exchange.listener)) ?? [];
    const host = (exchange.arrived.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    return (
      there.find((one) => one.site.hosts.some((pattern) => hostMatches(pattern, host))) ??
      there.find((one) => one.site.hosts.length === 0) ??
      this.defaultSite(exchange.listener)
    );
  }

  limitsOf(listener: Listener): Limits {
    return this.defaultSite(listener).site.limits;
  }

  defaultSite(listener: Listener): SiteProgram {
    return (this.#sites.get(keyOf(listener))?.[0] ?? [...this.#sites.values()][0]?.[0]) as SiteProgram;
  }
}

const keyOf = (listener: Listener): string => `${listener.gateway ?? ''} ${listener.port} ${listener.protocol}`;
const hostMatches = (pattern: string, host: string): boolean => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host);
const tunnelsLast = <T>(all: readonly T[], of: (one: T) => Listener): T[] =>
  all.toSorted((a, b) => Number(of(a).protocol === 'tls') - Number(of(b).protocol === 'tls'));
