import type { Exchange } from '../../engine/exchange.ts';
import { cookieOf } from '../../http/cookies.ts';

/** Where a token or key is presented. `scheme`: the word before it, compared without case; empty: the whole value. */
export type TokenPlace =
  | { readonly in: 'header'; readonly name: string; readonly scheme: string }
  | { readonly in: 'query'; readonly name: string }
  | { readonly in: 'cookie'; readonly name: string };

/** A reader of the first of these places that holds something. A header that is there twice is ambiguous and holds nothing usable: ''. */
export function tokenReader(places: readonly TokenPlace[]): (exchange: Exchange) => string | undefined {
  const readers = places.map(readerOf);
  return (exchange) => {
    for (const read of readers) {
      const found = read(exchange);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function readerOf(place: TokenPlace): (exchange: Exchange) => string | undefined {
  const { name } = place;
  if (place.in === 'query') return ({ query }) => queryValue(query, name);
  if (place.in === 'cookie') return ({ arrived }) => cookieOf(arrived.headers.getAll('cookie'), name);
  const word = place.scheme === '' ? '' : `${place.scheme.toLowerCase()} `;
  return ({ arrived }) => {
    const values = arrived.headers.getAll(name);
    if (values.length === 0) return undefined;
    if (values.length > 1) return '';
    const value = (values[0] as string).trim();
    if (word === '') return value;
    return value.slice(0, word.length).toLowerCase() === word ? value.slice(word.length).trim() : undefined;
  };
}

/** The first value of a query parameter, decoded as forms are. */
export function queryValue(query: string, name: string): string | undefined {
  if (query === '') return undefined;
  return new URLSearchParams(query).get(name) ?? undefined;
}
