import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { frame, unframe } from '../../../src/http/grpc-frames.ts';
import { fieldOf, fieldsIn } from '../../../src/http/protobuf-wire.ts';
import { key } from './tls-backend.ts';

/** What a server of ext_authz answers. */
export interface AuthAnswer {
  /** What stands in the body. */
  readonly bytes?: Buffer;
  readonly httpStatus?: number;
  readonly grpcStatus?: string;
  /** No message, and the status in the head. */
  readonly trailersOnly?: boolean;
  /** After the head nothing comes. */
  readonly stalls?: boolean;
}
/** What it was asked. */
export interface Check {
  readonly head: IncomingHttpHeaders;
  readonly source: { readonly address: string; readonly port: number; readonly principal: string };
  readonly destination: { readonly address: string; readonly port: number };
  readonly time: { readonly seconds: number; readonly nanos: number };
  readonly http: Readonly<Record<'id' | 'method' | 'path' | 'host' | 'scheme' | 'protocol' | 'body', string>> & { readonly size: number };
  readonly headers: Readonly<Record<string, string>>;
}
export interface AuthServer extends AsyncDisposable {
  readonly url: string;
  readonly asked: Check[];
}

/** A server of `envoy.service.auth.v3.Authorization/Check`, by HTTP/2 in clear or, with a certificate, by TLS. */
export async function authServer(answer: () => AuthAnswer, certificate?: string): Promise<AuthServer> {
  const asked: Check[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = certificate === undefined ? createServer() : createSecureServer({ cert: certificate, key });
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream: ServerHttp2Stream, head: IncomingHttpHeaders) => {
    const chunks: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      asked.push(checkOf(head, unframe(Buffer.concat(chunks)).messages[0] as Buffer));
      say(stream, answer());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

function say(stream: ServerHttp2Stream, { bytes, httpStatus = 200, grpcStatus = '0', trailersOnly = false, stalls = false }: AuthAnswer): void {
  const head = { ':status': httpStatus, 'content-type': 'application/grpc' };
  if (trailersOnly) return stream.respond({ ...head, 'grpc-status': grpcStatus }, { endStream: true });
  stream.respond(head, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': grpcStatus }));
  if (stalls) stream.write(Buffer.alloc(1));
  else stream.end(bytes ?? frame(0, Buffer.alloc(0)));
}

const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
const inside = (bytes: Buffer, ...numbers: readonly number[]): (bigint | Buffer)[] => {
  const [first, ...rest] = numbers;
  const found = [...fieldsIn(bytes)].filter(({ number }) => number === first).map(({ value }) => value);
  return rest.length === 0 ? found : found.flatMap((one) => inside(one as Buffer, ...rest));
};
const text = (bytes: Buffer, ...numbers: readonly number[]): string => inside(bytes, ...numbers).join('');
const number = (bytes: Buffer, ...numbers: readonly number[]): number => Number(inside(bytes, ...numbers)[0] ?? 0);

/** Reads a CheckRequest. */
export function checkOf(head: IncomingHttpHeaders, bytes: Buffer): Check {
  const [attributes] = inside(bytes, 1) as [Buffer];
  const [http] = inside(attributes, 4, 2) as [Buffer];
  const peer = (at: number) => ({
    address: text(attributes, at, 1, 1, 2),
    port: number(attributes, at, 1, 1, 3),
    principal: text(attributes, at, 4),
  });
  const texts = { id: 1, method: 2, path: 4, host: 5, scheme: 6, protocol: 10, body: 11 };
  return {
    head,
    source: peer(1),
    destination: peer(2),
    time: { seconds: number(attributes, 4, 1, 1), nanos: number(attributes, 4, 1, 2) },
    http: {
      ...(Object.fromEntries(Object.entries(texts).map(([name, at]) => [name, text(http, at)])) as Record<keyof typeof texts, string>),
      size: number(http, 9),
    },
    headers: Object.fromEntries(inside(http, 3).map((entry) => [text(entry as Buffer, 1), text(entry as Buffer, 2)])),
  };
}

interface Change {
  readonly append?: boolean;
  readonly action?: number;
}
/** A HeaderValueOption. */
export const option = (name: string, value: string, { append, action = 0 }: Change = {}): Buffer => {
  // BoolValue is a message, which is there even where it says false.
  const said = append === undefined ? [] : [append ? fieldOf(2, fieldOf(1, 1)) : Buffer.from('1200', 'hex')];
  return message(fieldOf(1, message(fieldOf(1, name), fieldOf(2, value))), ...said, fieldOf(3, action));
};
interface Ok {
  readonly headers?: readonly Buffer[];
  readonly remove?: readonly string[];
  readonly told?: readonly Buffer[];
  readonly set?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
}
/** A CheckResponse that lets pass. */
export const passes = ({ headers = [], remove = [], told = [], set = {}, drop = [] }: Ok = {}): Buffer =>
  message(
    Buffer.from('0a00', 'hex'),
    fieldOf(
      3,
      message(
        ...headers.map((one) => fieldOf(2, one)),
        ...remove.map((one) => fieldOf(5, one)),
        ...told.map((one) => fieldOf(6, one)),
        ...Object.entries(set).map(([name, value]) => fieldOf(7, message(fieldOf(1, name), fieldOf(2, value)))),
        ...drop.map((one) => fieldOf(8, one)),
      ),
    ),
  );
/** A CheckResponse that does not. */
export const denies = (status = 0, headers: readonly Buffer[] = [], body = ''): Buffer =>
  message(fieldOf(1, fieldOf(1, 7)), fieldOf(2, message(fieldOf(1, fieldOf(1, status)), ...headers.map((one) => fieldOf(2, one)), fieldOf(3, body))));
