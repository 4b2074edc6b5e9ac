import type { Exchange } from '../engine/exchange.ts';
import { cookieValue } from '../http/credentials.ts';
import { queryValue } from '../http/query.ts';

/** Where a credential is looked for. A header may demand a scheme word in front, without regard to case. */
export type CredentialPlace = { readonly header: string; readonly scheme?: string } | { readonly query: string } | { readonly cookie: string };

/** The first credential that is found. `unreadable`: something stands there that cannot be one, or it stands there twice. */
export function readCredential(exchange: Exchange, places: readonly CredentialPlace[]): { readonly value: string } | 'missing' | 'unreadable' {
  for (const place of places) {
    if ('header' in place) {
      const all = exchange.arrived.headers.getAll(place.header);
      if (all.length === 0) continue;
      if (all.length > 1) return 'unreadable';
      const text = (all[0] as string).trim();
      if (place.scheme === undefined) return { value: text };
      const space = text.indexOf(' ');
      if (space < 0 || text.slice(0, space).toLowerCase() !== place.scheme.toLowerCase()) return 'unreadable';
      return { value: text.slice(space).trim() };
    }
    const value = 'query' in place ? queryValue(exchange.query, place.query) : cookieValue(exchange.arrived.headers.joined('cookie'), place.cookie);
    if (value !== undefined) return { value };
  }
  return 'missing';
}
