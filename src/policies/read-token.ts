import type { Exchange } from '../engine/exchange.ts';
import { cookieOf } from '../http/cookies.ts';
import { queryValue } from '../http/query.ts';

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

/** Takes what was presented at these places out of the outgoing request, so that the upstream never sees it. */
export function tokenHider(places: readonly TokenPlace[]): (exchange: Exchange) => void {
  return (exchange) => {
    for (const { in: place, name } of places) {
      if (place === 'header') exchange.outgoing.headers.remove(name);
      else if (place === 'query') exchange.query = without(exchange.query, '&', (pair) => new URLSearchParams(pair).has(name));
      else hideCookie(exchange, name);
    }
  };
}

function hideCookie({ outgoing: { headers } }: Exchange, name: string): void {
  const before = headers.getAll('cookie');
  if (cookieOf(before, name) === undefined) return;
  const after = without(before.join('; '), ';', (pair) => cookieOf([pair], name) !== undefined).trim();
  if (after === '') headers.remove('cookie');
  else headers.set('Cookie', after);
}

/** The other members of a list stay as they stand. */
const without = (text: string, separator: string, is: (member: string) => boolean): string =>
  text
    .split(separator)
    .filter((member) => !is(member))
    .join(separator);
