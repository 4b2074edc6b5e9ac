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

/** Libraries are loaded only where they are used. */
export async function handlersOf(target: ServedTarget | 'echo:'): Promise<Handlers> {
  if (target === 'echo:') return { listener: echo, upgrade: null };
  if (typeof target === 'function') return { listener: listenerOf(target), upgrade: null };
  if ('target' in target) return proxyMiddleware(target as ProxyMiddlewareOptions);
  return { listener: listenerOf(await importHandler((target as { module: string }).module)), upgrade: null };
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
const listenerOf = (target: RequestListener | FetchHandler): RequestListener =>
  target.length >= 2 ? (target as RequestListener) : requestListener(target as FetchHandler);

async function importHandler(file: string): Promise<RequestListener | FetchHandler> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof module.default === 'function') return module.default as RequestListener;
  throw new TypeError(`${file} has no default export that is a function (req, res) or (request)`);
}

/** A fetch handler as a node request listener. */
function requestListener(handler: FetchHandler): RequestListener {
  return async (req, res) => {
    try {
      const headers = new Headers();
      for (let at = 0; at < req.rawHeaders.length; at += 2) headers.append(req.rawHeaders[at] as string, req.rawHeaders[at + 1] as string);
      const hasBody = req.method !== 'GET' && req.method !== 'HEAD';
      const init = { method: req.method as string, headers, ...(hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' } : {}) };
      const response = await handler(new Request(`http://${req.headers.host ?? 'localhost'}${req.url}`, init as RequestInit));
      const flat: string[] = [];
      for (const [name, value] of response.headers) flat.push(name, value);
      res.writeHead(response.status, response.statusText || STATUS_CODES[response.status] || '', flat);
      if (response.body === null) res.end();
      else pipeline(Readable.fromWeb(response.body as never), res, () => {});
    } catch (error) {
      // Nothing can be said any more of an answer that has begun.
      if (res.headersSent) return void res.destroy();
      res.writeHead(500, { 'content-type': 'text/plain' }).end(`the upstream function failed: ${(error as Error).message}\n`);
    }
  };
}
