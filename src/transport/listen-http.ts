import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Exchange, type Connection } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import type { Responder } from '../engine/run.ts';
import { readableSource } from '../http/body.ts';
import { Fields } from '../http/fields.ts';
import { fault, type Fault, type Wording } from '../model/fault.ts';
import type { Limits, Listener } from '../model/gateway.ts';
import { NodeResponder } from './node-responder.ts';

/** What a listener hands its requests to. */
export interface Reception {
  handle(exchange: Exchange, responder: Responder): void;
  /** The words for a message that is too broken to become an exchange. */
  wordFault(listener: Listener, what: Fault): Wording;
  now(): number;
}

/** An HTTP/1.1 listener. What node's parser refuses is answered in the site's own words. */
export function createHttpListener(listener: Listener, limits: Limits, reception: Reception): Server {
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes + limits.maxTargetBytes,
    requireHostHeader: false,
    headersTimeout: limits.headerTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    noDelay: true,
  });
  if (limits.maxConnections > 0) server.maxConnections = limits.maxConnections;
  server.on('request', (req, res) => receive(req, res, listener, reception));
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    res.writeContinue();
    receive(req, res, listener, reception);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    socket.end(rawAnswer(reception.wordFault(listener, faultOfParser(error, limits))));
  });
  return server;
}

/** Turns a node request into an exchange. Also serves `gateway.listener` and `gateway.middleware()`. */
export function receive(req: IncomingMessage, res: ServerResponse, listener: Listener, reception: Reception): void {
  const exchange = new Exchange({
    arrived: { method: req.method as string, target: req.url as string, httpVersion: req.httpVersion, headers: new Fields(req.rawHeaders) },
    connection: connectionOf(req),
    listener,
    startedAt: reception.now(),
    body: bodyOf(req),
  });
  res.on('close', () => {
    if (!res.writableFinished) exchange.abort();
  });
  reception.handle(exchange, new NodeResponder(res));
}

function bodyOf(req: IncomingMessage): MessageBody {
  const { 'content-length': length, 'transfer-encoding': coding } = req.headers;
  if (coding === undefined && (length === undefined || length === '0')) return new MessageBody(null);
  const source = readableSource(req, () => req.rawTrailers);
  return new MessageBody(source, coding === undefined ? Number(length) : undefined);
}

function connectionOf(req: IncomingMessage): Connection {
  const { socket } = req;
  return { remoteAddress: socket.remoteAddress ?? '', remotePort: socket.remotePort ?? 0, secure: 'encrypted' in socket };
}

function faultOfParser(error: NodeJS.ErrnoException, limits: Limits): Fault {
  if (error.code === 'HPE_HEADER_OVERFLOW') return fault('header-too-large', { limit: limits.maxHeaderBytes });
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return fault('request-timeout', { afterMs: limits.headerTimeoutMs });
  if (error.code === 'HPE_INVALID_METHOD') return fault('method-unknown', { method: '' });
  return fault('bad-request', { reason: error.message });
}

/** A whole answer as bytes, after which the connection is closed. */
export function rawAnswer(wording: Wording): Buffer {
  const body = Buffer.isBuffer(wording.body) ? wording.body : Buffer.from(wording.body);
  const lines = [`HTTP/1.1 ${wording.status} ${wording.statusText ?? STATUS_CODES[wording.status] ?? ''}`];
  for (let at = 0; at < wording.headers.length; at += 2) lines.push(`${wording.headers[at]}: ${wording.headers[at + 1]}`);
  lines.push(`Content-Length: ${body.length}`, 'Connection: close');
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
