import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer, DestinationKind, Opener } from '../../../engine/kit.ts';
import type { Failure } from '../../../engine/outcome.ts';
import type { Fault } from '../../../model/fault.ts';
import { upstreamSlot } from '../upstream-request.ts';

/** One to ask. `host`: the Host field that it is told. */
export interface Peer {
  readonly open: Opener;
  readonly host: string;
}
/** Those who may be asked, in turn. */
export interface Peers {
  /** The next one; or the answer, where nobody is left. */
  next(): Peer | Failure;
  /** The last one has failed, and another will be asked. */
  failed(how: 'tcp' | 'timeout'): void;
  /** The name of the last one is not known: as if it were not there. False: the failure is the answer. */
  absent(): boolean;
}
export interface TryOptions {
  /** Tries after the first. */
  readonly retries: number;
  readonly preserveHost: boolean;
  /** Whether the body is read before it is sent (nginx's proxy_request_buffering), so that it can be sent again. */
  readonly buffers: boolean;
}

const mostBuffered = 256 * 1024 * 1024;
/** Once these have been sent, nginx asks nobody else (proxy_next_upstream without non_idempotent). */
const oncePerRequest: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH']);
const unsent: ReadonlySet<string> = new Set(['upstream-unreachable', 'upstream-connect-timeout']);
const timeouts: ReadonlySet<string> = new Set(['upstream-connect-timeout', 'upstream-timeout']);
const failures: ReadonlySet<string> = new Set([...unsent, 'upstream-timeout', 'upstream-reset']);

/** How a try ended, in nginx's terms; undefined: not by the network. */
export function failureOf(fault: Fault): 'tcp' | 'timeout' | undefined {
  if (!failures.has(fault.kind)) return undefined;
  return timeouts.has(fault.kind) ? 'timeout' : 'tcp';
}

/**
 * Asks one after the other while the network fails: no connection, nothing or nothing in time before the head of an answer (nginx's
 * `proxy_next_upstream error timeout`, which Kong leaves as it is; kong.balancer of kong/init.lua). An answer of any status is an answer.
 */
export async function tryInTurn(exchange: Exchange, peers: Peers, { retries, preserveHost, buffers }: TryOptions): Promise<Answer | Failure> {
  const { body } = exchange;
  if (buffers && !body.isEmpty && (body.length ?? 0) <= mostBuffered) await body.whole(mostBuffered);
  const canRepeat = body.isEmpty || body.buffered !== null;
  let left = canRepeat ? retries : 0;
  for (let peer = peers.next(), first = true; ; peer = peers.next()) {
    if ('type' in peer) return peer;
    // On the first try what a plugin has set stays; then it is made anew (set_host_header).
    if (!preserveHost && (!first || exchange.read(upstreamSlot)?.host === '')) exchange.outgoing.headers.set('Host', peer.host);
    const answer = await peer.open(exchange);
    if (!('type' in answer) || exchange.aborted) return answer;
    if (answer.fault.kind === 'upstream-unresolved') {
      if (!canRepeat || !peers.absent()) return answer;
      continue;
    }
    const how = failureOf(answer.fault);
    const again = how !== undefined && left > 0 && !(oncePerRequest.has(exchange.outgoing.method) && !unsent.has(answer.fault.kind));
    if (!again) return answer;
    left -= 1;
    first = false;
    exchange.note(`another try after ${answer.fault.kind}`);
    peers.failed(how);
  }
}

/** A service without an upstream entity: the same address again. */
export const retryDestination: DestinationKind<TryOptions & { readonly host: string }> = {
  kind: 'kong/retry',
  create(options, { linkDestination }, { children }) {
    const peer: Peer = { open: linkDestination(children[0] as (typeof children)[number]), host: options.host };
    const peers: Peers = { next: () => peer, failed: () => {}, absent: () => false };
    return (exchange) => tryInTurn(exchange, peers, options);
  },
};
