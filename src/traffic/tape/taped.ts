import type { TraceEntry } from '../../engine/trace.ts';

/** A message on a tape. Fields as they stood on the wire. */
export interface TapedMessage {
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** Without its content codings, which Content-Encoding still names; with them where `coded`. */
  readonly body: Buffer;
  /** The codings could not be undone: the body is as it came. */
  readonly coded: boolean;
}
export interface TapedRequest extends TapedMessage {
  readonly method: string;
  readonly target: string;
}
export interface TapedResponse extends TapedMessage {
  readonly status: number;
}

/** One exchange on a tape: what both sides said, and what the gateway decided in between. */
export interface TapedExchange {
  /** The upstream as the configuration writes it; empty for an exchange from a foreign HAR; null where nothing was sent on. */
  readonly upstream: string | null;
  /** When it arrived, in ms of the gateway's clock, and how long it took. */
  readonly at: number;
  readonly durationMs: number;
  readonly route: string | null;
  readonly decidedBy: string;
  readonly steps: readonly Pick<TraceEntry, 'kind' | 'message'>[];
  readonly request: TapedRequest;
  readonly upstreamRequest: TapedRequest | null;
  readonly upstreamResponse: TapedResponse | null;
  readonly response: TapedResponse;
}

/** An exchange that a tape can answer for an upstream. */
export interface TapedAnswer extends TapedExchange {
  readonly upstream: string;
  readonly upstreamRequest: TapedRequest;
  readonly upstreamResponse: TapedResponse;
}

export const isAnswer = (exchange: TapedExchange): exchange is TapedAnswer =>
  exchange.upstream !== null && exchange.upstreamRequest !== null && exchange.upstreamResponse !== null;

/** All values of a field, joined; undefined where it is not there. */
export function fieldOf(rawHeaders: readonly string[], lowerName: string): string | undefined {
  const found: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === lowerName) found.push(rawHeaders[at + 1] as string);
  return found.length === 0 ? undefined : found.join(', ');
}
