import type { Exchange } from '../engine/exchange.ts';
import type { Origin } from '../model/origin.ts';

/** What became of one request, for log lines. */
export interface ExchangeRecord {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly durationMs: number;
  readonly route: string | null;
  /** The kind of the step that ended the request, or the fault; empty where the upstream answered. */
  readonly decidedBy: string;
  /** Of that step, else of the route. */
  readonly origin: Origin | null;
  /** The upstream that has no address here, where that is what went wrong. */
  readonly unresolved: string | null;
}

export function recordOf(exchange: Exchange, now: number): ExchangeRecord {
  const { fault, route, decidedBy, response } = exchange;
  const detail = fault?.kind === 'upstream-unresolved' ? (fault.detail as { readonly upstream: string }) : null;
  return {
    method: exchange.arrived.method,
    target: exchange.arrived.target,
    status: response?.status ?? 0,
    durationMs: Math.max(0, now - exchange.startedAt),
    route: route?.id ?? null,
    decidedBy: decidedBy?.kind ?? fault?.kind ?? '',
    origin: decidedBy?.origin ?? route?.origin ?? null,
    unresolved: detail?.upstream ?? null,
  };
}
