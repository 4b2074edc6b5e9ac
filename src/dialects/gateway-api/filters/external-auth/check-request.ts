import { isUtf8 } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import type { Connection, Exchange } from '../../../../engine/exchange.ts';
import { alternativeNamesOf } from '../../../../http/alternative-names.ts';
import { fieldOf } from '../../../../http/protobuf-wire.ts';

export interface CheckFacts {
  /** Of this request among all others. */
  readonly id: string;
  /** The fields that the server sees, lower-case; null: all. */
  readonly seen: ReadonlySet<string> | null;
  /** Null where it does not see it. */
  readonly body: Buffer | null;
}

/**
 * `envoy.service.auth.v3.CheckRequest`: what the server is asked of a request, as it came. Fields are a map: lower-case, with those that HTTP/2
 * writes with a colon in the place of Host, values of one name joined. Source: check_request_utils.cc of Envoy.
 */
export function checkRequest(exchange: Exchange, { id, seen, body }: CheckFacts): Buffer {
  const { connection, listener, startedAt, method, path, query, arrived } = exchange;
  const scheme = connection.secure ? 'https' : 'http';
  const host = utf8(Buffer.from(exchange.outgoing.headers.get('host') ?? '', 'latin1'));
  const target = utf8(Buffer.from(query === '' ? path : `${path}?${query}`, 'latin1'));
  const headers = headersOf(exchange, { ':authority': host, ':path': target, ':method': method, ':scheme': scheme }, seen);
  if (body !== null) headers.set(partialBody, 'false');
  const http = Buffer.concat([
    fieldOf(1, id),
    fieldOf(2, method),
    ...[...headers].map(([name, value]) => fieldOf(3, Buffer.concat([fieldOf(1, name), fieldOf(2, value)]))),
    fieldOf(4, target),
    fieldOf(5, host),
    fieldOf(6, scheme),
    fieldOf(9, body?.length ?? 0),
    fieldOf(10, `HTTP/${arrived.httpVersion.replace(/^2.*/, '2')}`),
    fieldOf(11, utf8(body ?? Buffer.alloc(0))),
  ]);
  const attributes = [
    fieldOf(1, peer(connection.remoteAddress, connection.remotePort, principalOf(connection))),
    // Nobody knows the address that the gateway has in production.
    fieldOf(2, peer('127.0.0.1', listener.port)),
    fieldOf(4, Buffer.concat([fieldOf(1, timestamp(startedAt)), fieldOf(2, http)])),
  ];
  return fieldOf(1, Buffer.concat(attributes));
}

/** Says of a body that the server sees all of it. A client's own word of it means nothing. */
const partialBody = 'x-envoy-auth-partial-body';

function headersOf(exchange: Exchange, pseudo: Readonly<Record<string, string>>, seen: ReadonlySet<string> | null): Map<string, string> {
  const headers = new Map<string, string>();
  const add = (name: string, value: string): void => {
    if (name === partialBody || !(seen?.has(name) ?? true)) return;
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`);
  };
  for (const [name, value] of Object.entries(pseudo)) add(name, value);
  for (const [name, value] of exchange.outgoing.headers) {
    const lower = name.toLowerCase();
    if (lower !== 'host') add(lower, utf8(Buffer.from(value, 'latin1')));
  }
  return headers;
}

/** A string of protobuf is UTF-8; what is none becomes `!`. */
const utf8 = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString() : bytes.toString().replaceAll('\u{fffd}', '!'));

/** `AttributeContext.Peer`, with a socket's address. */
function peer(address: string, port: number, principal = ''): Buffer {
  const socket = Buffer.concat([fieldOf(2, address), fieldOf(3, port)]);
  return Buffer.concat([fieldOf(1, fieldOf(1, socket)), fieldOf(4, principal)]);
}

/** Of a certificate that has been checked: its first URI, else its first host, else its subject. */
function principalOf({ clientCertificate }: Connection): string {
  if (clientCertificate?.verified !== true) return '';
  const names = alternativeNamesOf(new X509Certificate(clientCertificate.pem).subjectAltName ?? '');
  return (names.find(({ type }) => type === 'URI') ?? names.find(({ type }) => type === 'DNS'))?.value ?? clientCertificate.subject;
}

function timestamp(ms: number): Buffer {
  const seconds = Math.floor(ms / 1000);
  return Buffer.concat([fieldOf(1, seconds), fieldOf(2, Math.floor((ms - seconds * 1000) * 1_000_000))]);
}
