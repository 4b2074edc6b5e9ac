import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { Exchange } from '../engine/exchange.ts';
import { Fields } from '../http/fields.ts';
import { fault, type Fault, type Wording } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { connectionOf } from './connection-facts.ts';
import { dispatchConnections } from './connection-front.ts';
import { createHttp2Server } from './listen-http2.ts';
import { NodeResponder } from './node-responder.ts';
import type { Reception } from './reception.ts';
import { requestBody } from './request-body.ts';
import { factsOf, faultOfHead } from './request-head.ts';
import { tlsOptions, type ServerIdentity } from './server-identity.ts';
import { takeTunnels } from './tls-front.ts';
import { receiveUpgrade, wantsTunnel } from './upgrade.ts';

/** Room for the request line beside its target, and for what the parser counts otherwise than we do. */
const slackBytes = 1024;

/** A port as the configuration has it at the moment. */
export interface ListeningPort {
  /** Gives its name to requests. */
  readonly listener: Listener;
  /** Null in clear, and that for good. */
  readonly identity: ServerIdentity | null;
}

/**
 * A listener for HTTP/1.x and HTTP/2; over TLS also for connections that are tunnels. What node's parser refuses (unknown methods, raw UTF-8, broken
 * framing) never becomes an exchange and is answered in the site's own words.
 */
export function createHttpListener(port: ListeningPort, limits: Limits, reception: Reception): Server {
  const identity = port.identity === null ? null : (): ServerIdentity => port.identity as ServerIdentity;
  const options = {
    maxHeaderSize: limits.maxHeaderBytes + limits.maxTargetBytes + slackBytes,
    requireHostHeader: false,
    // The whole includes the head: node insists.
    headersTimeout: limits.requestTimeoutMs > 0 ? Math.min(limits.headerTimeoutMs, limits.requestTimeoutMs) : limits.headerTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: checkEvery(limits),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    noDelay: true,
    // Node 24.9 on; before, every request that names a protocol comes as an upgrade.
    shouldUpgradeCallback: (req: IncomingMessage) => wantsTunnel(factsOf(req.rawHeaders)),
  } satisfies ServerOptions & { shouldUpgradeCallback: unknown };
  const server =
    identity === null
      ? createServer(options)
      : (createSecureServer({ ...options, ...tlsOptions(identity), ALPNProtocols: ['h2', 'http/1.1'] }) as unknown as Server);
  if (limits.maxConnections > 0) server.maxConnections = limits.maxConnections;
  dispatchConnections(server, createHttp2Server(port, limits, reception), identity, limits);
  if (identity !== null) takeTunnels(server, identity, limits, reception);
  server.on('request', (req, res) => receive(req, res, port.listener, limits, reception));
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => receive(req, res, port.listener, limits, reception, true));
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) =>
    refuse(req, res, port.listener, reception, fault('bad-request', { reason: `the expectation ${req.headers.expect} cannot be met` })),
  );
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => receiveUpgrade(req, socket, head, port.listener, limits, reception));
  server.on('connect', (_req: IncomingMessage, socket: Duplex) =>
    answerRaw(socket, reception.wordFault(port.listener, fault('method-not-allowed', { allow: [] }))),
  );
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    answerRaw(socket, reception.wordFault(port.listener, faultOfParser(error, limits)));
  });
  return server;
}

/** How often node looks for connections that are too slow. */
function checkEvery({ headerTimeoutMs, requestTimeoutMs }: Limits): number {
  const shortest = Math.min(headerTimeoutMs || 60_000, requestTimeoutMs || 60_000);
  return Math.max(20, Math.min(5_000, Math.floor(shortest / 4)));
}

/** Turns a node request into an exchange. Also serves `gateway.listener` and `gateway.middleware()`. */
export function receive(
  req: IncomingMessage,
  res: ServerResponse,
  listener: Listener,
  limits: Limits,
  reception: Reception,
  expects = false,
  declined: (() => void) | null = null,
): void {
  const method = req.method as string;
  const target = req.url as string;
  const facts = factsOf(req.rawHeaders);
  const refused = faultOfHead(method, target, req.httpVersion, facts, limits);
  if (refused !== null) return refuse(req, res, listener, reception, refused);
  const exchange = new Exchange({
    arrived: { method, target, httpVersion: req.httpVersion, headers: new Fields(req.rawHeaders) },
    connection: connectionOf(req.socket),
    listener,
    startedAt: reception.now(),
    body: requestBody(req, res, facts, limits.maxBodyBytes, expects),
  });
  res.on('close', () => {
    if (!res.writableFinished) exchange.abort();
  });
  reception.handle(exchange, new NodeResponder(res, declined), null);
}

/** What is refused at sight closes its connection: nobody can be sure what follows on it. */
function refuse(req: IncomingMessage, res: ServerResponse, listener: Listener, reception: Reception, refused: Fault): void {
  const exchange = new Exchange({
    arrived: { method: req.method as string, target: req.url as string, httpVersion: req.httpVersion, headers: new Fields(req.rawHeaders) },
    connection: connectionOf(req.socket),
    listener,
    startedAt: reception.now(),
    body: requestBody(req, res, factsOf([]), 0, false),
  });
  res.shouldKeepAlive = false;
  reception.handle(exchange, new NodeResponder(res), refused);
}

interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

function faultOfParser(error: ParserError, limits: Limits): Fault {
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return targetOverflows(error.rawPacket, limits)
      ? fault('target-too-long', { limit: limits.maxTargetBytes })
      : fault('header-too-large', { limit: limits.maxHeaderBytes });
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return fault('request-timeout', { afterMs: limits.requestTimeoutMs || limits.headerTimeoutMs });
  if (error.code === 'HPE_INVALID_METHOD')
    return fault('method-unknown', { method: /^[!-~]*/.exec(error.rawPacket?.toString('latin1') ?? '')?.[0] ?? '' });
  return fault('bad-request', { reason: error.message });
}

/** Node counts target and fields together: which of them was too large shows in the first line. */
function targetOverflows(packet: Buffer | undefined, { maxTargetBytes }: Limits): boolean {
  if (packet === undefined || !/^[A-Z-]+ /.test(packet.toString('latin1', 0, 32))) return false;
  const end = packet.indexOf('\n');
  return end < 0 || end > maxTargetBytes;
}

function answerRaw(socket: Duplex, wording: Wording): void {
  socket.on('error', () => {});
  socket.end(rawAnswer(wording));
}

/** A whole answer as bytes, after which the connection is closed. */
export function rawAnswer(wording: Wording): Buffer {
  const body = Buffer.isBuffer(wording.body) ? wording.body : Buffer.from(wording.body);
  const lines = [`HTTP/1.1 ${wording.status} ${wording.statusText ?? STATUS_CODES[wording.status] ?? ''}`];
  for (let at = 0; at < wording.headers.length; at += 2) lines.push(`${wording.headers[at]}: ${wording.headers[at + 1]}`);
  lines.push(`Content-Length: ${body.length}`, 'Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

export type { Reception, RequestListener };
