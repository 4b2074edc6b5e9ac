import type { Listener } from '../../../model/gateway.ts';

/** What a listener claims of the addresses of its Gateway. */
export interface Claim {
  readonly port: number;
  readonly protocol: Listener['protocol'];
  readonly hostname: string;
  /** Of the object that it stands in: the Gateway, then its ListenerSets. The smaller one goes before. */
  readonly rank: number;
}
export type Conflict = 'HostnameConflict' | 'ProtocolConflict';

/** Whether nobody could say which of two listeners a connection or a request belongs to. */
function conflictOf(a: Claim, b: Claim): Conflict | null {
  if (a.protocol === b.protocol) return a.hostname === b.hostname ? 'HostnameConflict' : null;
  // HTTPS and TLS are told apart by the server name of the handshake; nothing tells HTTP from either.
  return a.protocol === 'http' || b.protocol === 'http' || a.hostname === b.hostname ? 'ProtocolConflict' : null;
}

/**
 * Of each claim why it is not accepted. What stood before stays; in one object none of several wins, whatever their order. Sources: the API
 * reference of GatewaySpec, distinct listeners; of ListenerSetSpec, precedence.
 */
export function conflictsOf(claims: readonly Claim[]): (Conflict | null)[] {
  const found: (Conflict | null)[] = claims.map(() => null);
  const ports = Map.groupBy(claims.keys(), (at) => (claims[at] as Claim).port);
  for (const port of ports.values()) {
    const standing: number[] = [];
    const ranks = Map.groupBy(port, (at) => (claims[at] as Claim).rank);
    for (const [, rank] of [...ranks].toSorted(([a], [b]) => a - b)) {
      const against = (at: number, others: readonly number[]): Conflict | null => {
        const all = others.map((other) => (other === at ? null : conflictOf(claims[at] as Claim, claims[other] as Claim)));
        return all.find((one) => one === 'ProtocolConflict') ?? all.find((one) => one !== null) ?? null;
      };
      for (const at of rank) found[at] = against(at, standing);
      const left = rank.filter((at) => found[at] === null);
      for (const at of left) found[at] = against(at, left);
      standing.push(...left);
    }
  }
  return found;
}
