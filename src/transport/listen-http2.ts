import {
  constants,
  createServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import { Exchange } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import { limitedSource, readableSource } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import { fault, type Fault } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { connectionOf } from './connection-facts.ts';
import { FrameWatch } from './http2-fields/frame-watch.ts';
import { watchedSocket } from './http2-fields/watched-socket.ts';
import { Http2Responder } from './http2-responder.ts';
import type { Reception } from './reception.ts';
import { factsOf, faultOfHead, type HeadFacts } from './request-head.ts';

/** A connection, and which of its streams have a field that nghttp2 drops instead of refusing it. */
interface Watched {
  readonly socket: Socket;
  readonly malformed: Set<number>;
  readonly open: Map<number, ServerHttp2Stream>;
}
const watched = new WeakMap<Http2Session, Watched>();

/** Takes a connection that speaks HTTP/2. */
export function acceptHttp2(server: Http2Server, socket: Socket): void {
  const { malformed, open } = { malformed: new Set<number>(), open: new Map<number, ServerHttp2Stream>() };
  const watch = new FrameWatch((id) => {
    const stream = open.get(id);
    if (stream === undefined) malformed.add(id);
    // A trailer.
    else stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  });
  server.once('session', (session) => watched.set(session, { socket, malformed, open }));
  server.emit(
    'connection',
    watchedSocket(socket, (chunk) => watch.see(chunk)),
  );
}

/** HTTP/2 on connections that a front hands over. nghttp2 judges frames and most fields; what it lets through is judged here again. */
export function createHttp2Server(port: { readonly listener: Listener }, limits: Limits, reception: Reception): Http2Server {
  const server = createServer({
    maxHeaderListPairs: 1000,
    maxSendHeaderBlockLength: 1 << 20,
    // Otherwise such fields would vanish without a word, and the request be served without them.
    strictFieldWhitespaceValidation: false,
  } as ServerOptions);
  server.on('stream', (stream, _headers, flags, raw) =>
    receiveStream(stream, raw as unknown as string[], (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, port.listener, limits, reception),
  );
  server.on('sessionError', () => {});
  return server;
}

function receiveStream(
  stream: ServerHttp2Stream,
  raw: readonly string[],
  ended: boolean,
  listener: Listener,
  limits: Limits,
  reception: Reception,
): void {
  // A stream that was reset tells nobody else.
  stream.on('error', () => {});
  const { pseudo, fields } = splitFields(raw);
  const authority = pseudo.get(':authority');
  const hosts = fields.getAll('host');
  if (authority !== undefined && hosts.length === 0) fields.raw.unshift('Host', authority);
  const method = pseudo.get(':method') ?? '';
  const target = pseudo.get(':path') ?? '';
  const facts = factsOf(fields.raw);
  const connection = stream.session === undefined ? undefined : watched.get(stream.session);
  const { id } = stream;
  if (connection === undefined || id === undefined) return;
  const refused = connection.malformed.delete(id)
    ? bad('a field that cannot be')
    : (faultOfPseudo(pseudo, hosts, fields) ?? faultOfHead(method, target, '2.0', facts, limits));
  connection.open.set(id, stream);
  const exchange = new Exchange({
    arrived: { method, target, httpVersion: '2.0', headers: joinCookies(fields) },
    connection: connectionOf(connection.socket),
    listener,
    startedAt: reception.now(),
    body: refused !== null || ended ? new MessageBody(null) : bodyOf(stream, facts, limits.maxBodyBytes),
  });
  stream.on('close', () => {
    connection.open.delete(id);
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.writableFinished) exchange.abort();
  });
  reception.handle(exchange, new Http2Responder(stream), refused);
}

/** The length is what DATA frames say: a Content-Length that differs breaks the stream, so it must not decide that there is no body. */
function bodyOf(stream: ServerHttp2Stream, facts: HeadFacts, maxBytes: number): MessageBody {
  let trailers: readonly string[] = [];
  stream.on('trailers', (_headers: IncomingHttpHeaders, _flags: number, raw: unknown) => {
    trailers = (raw as string[] | undefined) ?? [];
  });
  const source = readableSource(stream, () => trailers);
  const length = facts.length === 0 ? undefined : facts.length;
  return new MessageBody(maxBytes > 0 && length === undefined ? limitedSource(source, maxBytes) : source, length);
}

function splitFields(raw: readonly string[]): { pseudo: Map<string, string>; fields: Fields } {
  const pseudo = new Map<string, string>();
  const fields = new Fields();
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    if (!name.startsWith(':')) fields.append(name, value);
    // Twice or after a field: no field may take the place of what was said first.
    else if (pseudo.has(name) || fields.raw.length > 0) pseudo.set(name, '\0');
    else pseudo.set(name, value);
  }
  return { pseudo, fields };
}

const connectionSpecific = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'] as const;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const lowerToken = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// oxlint-disable-next-line no-control-regex -- what RFC 9113 section 8.2.1 forbids in a value
const badValue = /[\0\r\n]|^[\t ]|[\t ]$/;

/** RFC 9113 section 8: what would become another message once it is written as HTTP/1.1. */
function faultOfPseudo(pseudo: ReadonlyMap<string, string>, hosts: readonly string[], fields: Fields): Fault | null {
  const method = pseudo.get(':method') ?? '';
  if (!token.test(method) || method === 'CONNECT') return bad('no method that can be served');
  if (!/^[\x21-\x7e\x80-\xff]+$/.test(pseudo.get(':path') ?? '')) return bad('no valid :path');
  if (!/^https?$/.test(pseudo.get(':scheme') ?? '')) return bad('no valid :scheme');
  const authority = pseudo.get(':authority');
  if (authority !== undefined && hosts.length > 0 && hosts[0]?.toLowerCase() !== authority.toLowerCase()) return bad('Host differs from :authority');
  for (const [name, value] of fields) if (name !== 'Host' && (!lowerToken.test(name) || badValue.test(value))) return bad('a field that cannot be');
  if (connectionSpecific.some((name) => fields.has(name))) return bad('a field that belongs to HTTP/1.1');
  const te = fields.get('te');
  return te === undefined || te === 'trailers' ? null : bad('TE may only say trailers');
}

/** Cookies come in pieces, and go on as one field (RFC 9113 section 8.2.3). */
function joinCookies(fields: Fields): Fields {
  const cookies = fields.getAll('cookie');
  if (cookies.length > 1) fields.set('cookie', cookies.join('; '));
  return fields;
}

const bad = (reason: string): Fault => fault('bad-request', { reason });
