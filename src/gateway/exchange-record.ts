import type { Exchange } from '../engine/exchange.ts';
import type { ErrorCode } from '../model/error.ts';
import type { Fault } from '../model/fault.ts';
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
  /** Why it was refused, for people; empty where it was not. Holds nothing that the client sent. */
  readonly reason: string;
  /** Of that step, else of the route. */
  readonly origin: Origin | null;
  /** Where an upstream has no address here (DG1301), nothing answers at the one that it has (DG1302), or its container does not run (DG1303 to DG1305). */
  readonly trouble: { readonly code: ErrorCode; readonly upstream: string; readonly reason: string } | null;
}

export function recordOf(exchange: Exchange, now: number): ExchangeRecord {
  const { fault, route, decidedBy, response } = exchange;
  return {
    method: exchange.arrived.method,
    target: exchange.arrived.target,
    status: response?.status ?? 0,
    durationMs: Math.max(0, now - exchange.startedAt),
    route: route?.id ?? null,
    decidedBy: decidedBy?.kind ?? fault?.kind ?? '',
    reason: fault === null ? '' : reasonOf(fault),
    origin: decidedBy?.origin ?? route?.origin ?? null,
    trouble: fault === null ? null : troubleOf(fault),
  };
}

/** A limit, a reason, a name: what a fault says of itself. */
function reasonOf({ detail }: Fault): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const { reason, limit, what } = detail as { readonly reason?: unknown; readonly limit?: unknown; readonly what?: unknown };
  if (typeof reason === 'string') return reason;
  if (typeof what === 'string') return what;
  return typeof limit === 'number' ? `limit ${limit}` : '';
}

function troubleOf(fault: Fault): ExchangeRecord['trouble'] {
  const code =
    fault.kind === 'upstream-unresolved' || fault.kind === 'upstream-unmapped' ? 'DG1301' : fault.kind === 'upstream-unreachable' ? 'DG1302' : null;
  if (code === null) return null;
  const detail = fault.detail as { readonly upstream: string; readonly reason?: string; readonly code?: ErrorCode };
  return { code: detail.code ?? code, upstream: detail.upstream, reason: detail.reason ?? 'has no address here' };
}
