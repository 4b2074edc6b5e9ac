import type { UserErrorCode } from './error.ts';

/** Every way in which any gateway can answer for itself. Steps and adapters raise these; only a fault book words them. */
export interface FaultDetails {
  'bad-request': { readonly reason: string };
  'method-unknown': { readonly method: string };
  'target-too-long': { readonly limit: number };
  'header-too-large': { readonly limit: number };
  'body-too-large': { readonly limit: number };
  'length-required': Record<never, never>;
  'request-timeout': { readonly afterMs: number };
  'unsupported-media-type': { readonly type: string };
  'no-route': { readonly path: string };
  'method-not-allowed': { readonly allow: readonly string[] };
  /** `scheme` is the authentication scheme that was asked for; `missing`: nothing was presented. */
  unauthenticated: { readonly scheme: string; readonly reason: string; readonly missing: boolean; readonly realm?: string };
  forbidden: { readonly reason: string };
  'rate-limited': { readonly limit: number; readonly remaining: number; readonly retryAfterMs: number };
  'upstream-unmapped': { readonly upstream: string };
  'upstream-unresolved': { readonly upstream: string; readonly hostname: string };
  /** `code`: of the mistake that keeps it from being reached, where it has one of its own. */
  'upstream-unreachable': { readonly upstream: string; readonly reason: string; readonly code?: UserErrorCode };
  'upstream-connect-timeout': { readonly upstream: string; readonly afterMs: number };
  'upstream-timeout': { readonly upstream: string; readonly afterMs: number };
  'upstream-reset': { readonly upstream: string; readonly reason: string };
  'upstream-malformed': { readonly upstream: string; readonly reason: string };
  'too-many-jumps': { readonly limit: number };
  'not-implemented': { readonly what: string };
  /** Our own bug or a user's function that threw. Never shows its cause to a client. */
  internal: { readonly cause: unknown };
}
export type CoreFaultKind = keyof FaultDetails;

/** A fault of one dialect's own carries that dialect's name: `DIALECT/https-required`. */
export type OwnFaultKind = `${string}/${string}`;

export type Fault =
  | { readonly [K in CoreFaultKind]: { readonly kind: K; readonly detail: FaultDetails[K] } }[CoreFaultKind]
  | { readonly kind: OwnFaultKind; readonly detail: unknown };

export const fault = <K extends CoreFaultKind>(kind: K, detail: FaultDetails[K]): Fault => ({ kind, detail }) as Fault;
export const ownFault = (kind: OwnFaultKind, detail: unknown = null): Fault => ({ kind, detail });

/** A whole answer of the gateway's own. */
export interface Wording {
  readonly status: number;
  /** Flat: name, value, name, value. Content-Length is added where it is missing. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
  readonly statusText?: string;
}

/** Exhaustive by type: a dialect that forgets a core fault does not compile. `C` is what a worder may look at. */
export type FaultBook<C> = { readonly [K in CoreFaultKind]: (detail: FaultDetails[K], context: C) => Wording };
/** Words for a dialect's own faults. */
export type OwnFaultBook<C> = Readonly<Record<OwnFaultKind, (detail: never, context: C) => Wording>>;
