import type { Exchange } from '../../../engine/exchange.ts';
import { queryTable } from './tables.ts';

/** The body of a request, and what Kong reads out of it. */
export interface ReadBody {
  readonly raw: Buffer;
  /** Undefined: it is broken, or too long for the buffer. */
  readonly args: unknown;
  /** A type that Kong reads nothing out of, or none. */
  readonly unknownType: boolean;
}

/** kong.request.get_body: forms and JSON. `type`: the content type as it stands. */
export async function readBody(exchange: Exchange, type: string | undefined, limit: number): Promise<ReadBody> {
  const raw = await exchange.body.whole(limit);
  const media = type?.split(';', 1)[0]?.trim().toLowerCase();
  if (media === 'application/x-www-form-urlencoded') return { raw, args: queryTable(raw.toString('utf8')), unknownType: false };
  if (media === 'multipart/form-data') return { raw, args: undefined, unknownType: false };
  if (media !== 'application/json') return { raw, args: undefined, unknownType: true };
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return { raw, args: typeof value === 'object' && value !== null ? value : undefined, unknownType: false };
  } catch {
    return { raw, args: undefined, unknownType: false };
  }
}
