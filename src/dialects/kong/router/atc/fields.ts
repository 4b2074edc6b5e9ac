import type { Exchange } from '../../../../engine/exchange.ts';
import { parseQuery } from '../../../../http/query.ts';
import type { Client } from '../../client-address.ts';
import { unicode } from '../bytes.ts';

/** A request as the router sees it. */
export interface Seen {
  readonly exchange: Exchange;
  /** The normalised path, in bytes. */
  readonly uri: string;
  /** The Host field without its port, as it stands. */
  readonly host: string | undefined;
  /** The port of the Host field, else the one that the client came to. */
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly client: Client;
}

/** Undefined: the request has no value. Several only for fields and parameters that are there more than once. */
export type FieldValue = string | number | readonly string[] | undefined;
/** Null: bytes that are no Unicode. */
type Reader = (seen: Seen) => FieldValue | null;

const readers: Readonly<Record<string, Reader>> = {
  'net.protocol': ({ scheme }) => scheme,
  'tls.sni': ({ exchange }) => exchange.connection.serverName,
  'http.method': ({ exchange }) => exchange.method,
  'http.host': ({ host }) => (host === undefined ? undefined : unicode(host)),
  'http.path': ({ uri }) => unicode(uri),
  'http.path.segments.len': ({ uri }) => segmentsOf(uri).length,
  'net.src.ip': ({ client }) => client.address,
  'net.src.port': ({ client }) => client.port,
  'net.dst.ip': () => '127.0.0.1',
  'net.dst.port': ({ port }) => port,
};

/** Trailing empty segments do not count (ngx.re.split). */
function segmentsOf(uri: string): string[] {
  const segments = uri.slice(1).split('/');
  while (segments.length > 0 && segments.at(-1) === '') segments.pop();
  return segments;
}

function familyReader(field: string): Reader {
  const dot = field.indexOf('.', 'http.'.length) + 1;
  const [family, name] = [field.slice(0, dot), field.slice(dot)];
  if (family === 'http.headers.') {
    const dashed = name.toLowerCase().replaceAll('_', '-');
    return ({ exchange }) => {
      // As ngx.req.get_headers looks names up: as it stands first, then with dashes.
      const found = exchange.arrived.headers.getAll(name);
      return oneOrMore((found.length > 0 || dashed === name ? found : exchange.arrived.headers.getAll(dashed)).map(unicode));
    };
  }
  if (family === 'http.queries.')
    return ({ exchange }) =>
      oneOrMore(
        parseQuery(exchange.query)
          .filter(([key]) => key === name)
          .map(([, value]) => value),
      );
  const [from = 0, to = from] = name.slice('segments.'.length).split('_').map(Number);
  return ({ uri }) => {
    const segments = segmentsOf(uri);
    return to < segments.length ? unicode(segments.slice(from, to + 1).join('/')) : undefined;
  };
}

function oneOrMore(values: readonly (string | null)[]): FieldValue | null {
  if (values.length < 2) return values[0];
  return values.includes(null) ? null : (values as readonly string[]);
}

/** The fields that the routes of a router ask for, each with a place. */
export class FieldTable {
  readonly #places = new Map<string, number>();
  readonly #readers: Reader[] = [];

  placeOf(field: string): number {
    let place = this.#places.get(field);
    if (place === undefined) {
      place = this.#readers.length;
      this.#places.set(field, place);
      this.#readers.push(readers[field] ?? familyReader(field));
    }
    return place;
  }

  /** The place of a field, where it has one. */
  find(field: string): number | undefined {
    return this.#places.get(field);
  }

  /** The values of all of them, as Unicode; undefined where one is not UTF-8: such a request Kong cannot route. */
  read(seen: Seen): readonly FieldValue[] | undefined {
    const values: FieldValue[] = [];
    for (const reader of this.#readers) {
      const value = reader(seen);
      if (value === null) return undefined;
      values.push(value);
    }
    return values;
  }
}
