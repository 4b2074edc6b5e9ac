import type { DestinationKind } from '../engine/kit.ts';
import { Fields } from '../http/fields.ts';
import type { ProxyOptions } from '../model/gateway.ts';
import { Connection, type ConnectionUser } from './http1-client/connection.ts';
import { faultOfNetwork } from './network-fault.ts';
import { PendingAnswer, type Flow, type Sending } from './pending-answer.ts';
import { upstreamKind, type Services } from './proxy.ts';

/**
 * The destination kind `tunnel`: a connection of its own to the upstream, for a client's that goes on as it is. What the client has encrypted
 * for the upstream is not encrypted again.
 */
export const tunnelKind = (services: Services): DestinationKind<ProxyOptions> =>
  upstreamKind('tunnel', services, (origin, sending) => {
    const passed = sending.exchange.listener.tls?.passthrough === true;
    return new Promise((resolve) => {
      const pending = new PendingAnswer(resolve, sending);
      if (!pending.abandoned) new TunnelStart(passed ? clear(origin) : origin, pending, sending).begin();
    });
  });

/** The same place, without TLS of ours. */
function clear(origin: string): string {
  if (!origin.startsWith('https:')) return origin;
  const { hostname, port } = new URL(origin);
  return `tcp://${hostname}:${port || 443}`;
}

/** Waits for the connection, and answers with it. */
class TunnelStart implements ConnectionUser, Flow {
  readonly #origin: string;
  readonly #pending: PendingAnswer;
  readonly #sending: Sending;
  #connection: Connection | null = null;

  constructor(origin: string, pending: PendingAnswer, sending: Sending) {
    this.#origin = origin;
    this.#pending = pending;
    this.#sending = sending;
  }

  begin(): void {
    const { tls } = this.#sending.options;
    this.#connection = new Connection({ origin: this.#origin, tls, asStream: true, protocols: [] }, this);
    this.#pending.connecting(this);
  }

  opened(connection: Connection): void {
    this.#connection = null;
    this.#pending.head(200, 'Connection Established', new Fields(), undefined, connection.takeOver(Buffer.alloc(0)));
  }

  received(): void {}

  closed(error: Error | null): void {
    const { upstream, options } = this.#sending;
    this.#pending.fail(faultOfNetwork(error ?? new Error('the connection was closed'), upstream, options.connectTimeoutMs));
  }

  pause(): void {}
  resume(): void {}
  abort(): void {
    this.#connection?.destroy();
  }
}
