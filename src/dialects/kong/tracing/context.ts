import type { Fields } from '../../../http/fields.ts';

/** What tracing fields of a request say. Ids are lower-case hexadecimal. */
export interface TraceContext {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly parentId?: string | undefined;
  /** Both sides of a request share its span id, so that this one is the id of Kong's own span, not of its parent. */
  readonly reusesSpanId?: boolean;
  readonly sampled?: boolean | undefined;
  /** X-B3-Flags. */
  readonly flags?: string | undefined;
  /** Came in one `b3` field. */
  readonly single?: boolean;
  readonly baggage?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Bytes of the trace id as it came: formats that know several lengths keep it. */
  readonly originalSize?: number | undefined;
}

/** A family of tracing fields (kong.observability.tracing.propagation). */
export interface TraceFormat {
  readonly name: string;
  /** Bytes that its trace ids may have, the usual first. */
  readonly sizes: readonly number[];
  /** Nothing is sent without ids. */
  readonly needsIds: boolean;
  /** Undefined: says nothing, so that the next format is asked. Ids of any length. */
  extract?(headers: Fields): TraceContext | undefined;
  /** Flat: name, value. Ids have their lengths already. */
  inject(context: TraceContext): string[];
  /** The trace id as logs show it under the name of the format. */
  readonly logName?: string;
  logId?(traceId: string): string;
}

/** Cut at the left, or filled with zeros there (to_id_size). */
export const toSize = (id: string | undefined, bytes: number): string | undefined => id?.slice(-bytes * 2).padStart(bytes * 2, '0');

const whole = (digits: string): string => (digits.length % 2 === 0 ? digits : `0${digits}`).toLowerCase();
/** Hexadecimal digits of any number, in whole bytes. */
export const fromHex = (digits: string | undefined): string | undefined => (digits === undefined ? undefined : whole(digits));
/** A decimal number, in as few bytes as it needs. */
export function fromDecimal(digits: string | undefined): string | undefined {
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value === 0n ? '' : whole(value.toString(16));
}
export const toDecimal = (id: string): string => BigInt(`0x${id === '' ? '0' : id}`).toString();
export const isZero = (digits: string): boolean => /^0*$/.test(digits);
export const isHex = (text: string): boolean => /^[0-9a-fA-F]+$/.test(text);

/** The one value of a field; a repeated field is a table to Kong, which most formats take for none. */
export function only(headers: Fields, name: string): string | undefined {
  const all = headers.getAll(name);
  return all.length === 1 ? all[0] : undefined;
}

/** Fields whose names start so carry baggage. */
export function baggageFrom(headers: Fields, prefix: string): TraceContext['baggage'] {
  const found: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower.startsWith(prefix)) found.push([lower.slice(prefix.length), unescapeUri(value)]);
  }
  return found.length === 0 ? undefined : found;
}
export const baggageFields = (baggage: TraceContext['baggage'], prefix: string): string[] =>
  (baggage ?? []).flatMap(([name, value]) => [`${prefix}${name}`, escapeUri(value)]);

/** ngx.unescape_uri and ngx.escape_uri, over the bytes of a field. */
const unescapeUri = (text: string): string =>
  text.replaceAll('+', ' ').replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
const escapeUri = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9\-._~]/g, (character) => `%${(character.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`);

/** `1` or `true`, `0` or `false`; anything else decides nothing. */
export function sampledFlag(value: string | undefined): boolean | undefined {
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : undefined;
}
