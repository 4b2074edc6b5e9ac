import { STATUS_CODES, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { pipeline, Readable, type Duplex } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { echo } from './echo.ts';

/** A fetch handler: a WHATWG Request in, a Response out. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;
/** Options of http-proxy-middleware, as they stand in a project that uses it. */
export type ProxyMiddlewareOptions = { readonly target: string | URL | object } & Readonly<Record<string, unknown>>;
/** What runs on a server of its own on loopback: a function, a module whose default export is one, or a proxy middleware. */
export type ServedTarget = RequestListener | FetchHandler | { readonly module: string } | ProxyMiddlewareOptions;

export interface Handlers {
  readonly listener: RequestListener;
  readonly upgrade: ((req: IncomingMessage, socket: Duplex, head: Buffer) => void) | null;
}

/** Hears what a function threw that is served as an upstream. `request`: its method and target. */
export type Failed = (error: unknown, request: string) => void;

/** Libraries are loaded only where they are used. */
export async function handlersOf(target: ServedTarget | 'echo:', failed: Failed): Promise<Handlers> {
  if (target === 'echo:') return { listener: echo, upgrade: null };
  if (typeof target === 'function') return { listener: listenerOf(target, failed), upgrade: null };
  if ('target' in target) return proxyMiddleware(target as ProxyMiddlewareOptions);
  return { listener: listenerOf(await importHandler((target as { module: string }).module), failed), upgrade: null };
}

async function proxyMiddleware(options: ProxyMiddlewareOptions): Promise<Handlers> {
  const { createProxyMiddleware } = await import('http-proxy-middleware');
  const middleware = createProxyMiddleware(options as never);
  return {
    listener: (req, res) => void middleware(req, res, (error?: unknown) => notHandled(res, error)),
    upgrade: (req, socket, head) => middleware.upgrade(req, socket as never, head),
  };
}

function notHandled(res: ServerResponse, error: unknown): void {
  res.writeHead(error === undefined ? 404 : 502, { 'content-type': 'text/plain' }).end(error === undefined ? 'not found\n' : 'the proxy failed\n');
}

/** Two parameters and more: a node listener (or an Express app); one: a fetch handler. */
const listenerOf = (target: RequestListener | FetchHandler, failed: Failed): RequestListener =>
  guarded(target.length >= 2 ? (target as RequestListener) : requestListener(target as FetchHandler, failed), failed);

/** What a function throws is an answer and no end of the process. */
const guarded =
  (listener: RequestListener, failed: Failed): RequestListener =>
  async (req, res) => {
    try {
      await (listener(req, res) as unknown);
    } catch (error) {
      // A request that was broken off while it was read is no mistake of the function.
      if (req.complete || !req.destroyed) failed(error, nameOf(req));
      // Nothing can be said any more of an answer that has begun.
      if (res.headersSent) return void res.destroy();
      const said = error instanceof Error ? error.message : String(error);
      res.writeHead(500, { 'content-type': 'text/plain' }).end(`the upstream function failed: ${said}\n`);
    }
  };

const nameOf = (req: IncomingMessage): string => `${req.method} ${req.url}`;

async function importHandler(file: string): Promise<RequestListener | FetchHandler> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof module.default === 'function') return module.default as RequestListener;
  throw new TypeError(`${file} has no default export that is a function (req, res) or (request)`);
}

/** A fetch handler as a node request listener. */
function requestListener(handler: FetchHandler, failed: Failed): RequestListener {
  return async (req, res) => {
    const headers = new Headers();
    for (let at = 0; at < req.rawHeaders.length; at += 2) headers.append(req.rawHeaders[at] as string, req.rawHeaders[at + 1] as string);
    const hasBody = req.method !== 'GET' && req.method !== 'HEAD';
    const init = { method: req.method as string, headers, ...(hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' } : {}) };
    const response = await handler(new Request(`http://${req.headers.host ?? 'localhost'}${req.url}`, init as RequestInit));
    const flat: string[] = [];
    for (const [name, value] of response.headers) flat.push(name, value);
    res.writeHead(response.status, response.statusText || STATUS_CODES[response.status] || '', flat);
    if (response.body === null) res.end();
    // That the gateway breaks off what it reads is no failure of the function.
    else pipeline(Readable.fromWeb(response.body as never), res, (error) => void (isOwn(error) && failed(error, nameOf(req))));
  };
}

const isOwn = (error: NodeJS.ErrnoException | null | undefined): boolean => error != null && error.code !== 'ERR_STREAM_PREMATURE_CLOSE';
