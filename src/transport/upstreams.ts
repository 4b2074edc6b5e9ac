import { createServer, type RequestListener, type Server } from 'node:http';
import { pathToFileURL } from 'node:url';
import type { LocalUpstream } from '../model/gateway.ts';

/** A fetch handler: a WHATWG Request in, a Response out. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;
/** Where a production address is on this machine: a URL, a function, or a module whose default export is one. */
export type UpstreamTarget = string | URL | RequestListener | FetchHandler | { readonly module: string };

/**
 * Where production addresses are on this machine. What nobody mapped keeps its own address. `*` maps everything else.
 * Functions get a server of their own on loopback when they are first asked.
 */
export class Upstreams {
  readonly #targets: ReadonlyMap<string, UpstreamTarget>;
  readonly #origins = new Map<string, string>();
  readonly #served = new Map<unknown, Promise<string>>();
  readonly #servers: Server[] = [];
  #configured: Readonly<Record<string, LocalUpstream>> = {};

  constructor(targets: Readonly<Record<string, UpstreamTarget>>) {
    this.#targets = new Map(Object.entries(targets));
  }

  /** The origin to connect to. `names`: every way in which the configuration writes the upstream; `url`: its own address. */
  resolve(names: readonly string[], url: string): string | Promise<string> {
    const known = this.#origins.get(url);
    if (known !== undefined) return known;
    const target = this.find(names);
    if (target === undefined || typeof target === 'string' || target instanceof URL) {
      const origin = originOf(String(target ?? url));
      this.#origins.set(url, origin);
      return origin;
    }
    return this.#serve(target);
  }

  /** What the configuration itself says. What was given in code or on the command line stands above it. */
  configure(configured: Readonly<Record<string, LocalUpstream>>): void {
    this.#configured = configured;
    this.#origins.clear();
  }

  find(names: readonly string[]): UpstreamTarget | undefined {
    for (const name of names) {
      const target = this.#targets.get(name);
      if (target !== undefined) return target;
    }
    for (const name of [...names, '*']) {
      const local = this.#configured[name];
      if (local !== undefined) return 'url' in local ? local.url : local;
    }
    return this.#targets.get('*');
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))));
  }

  #serve(target: RequestListener | FetchHandler | { readonly module: string }): Promise<string> {
    const key = typeof target === 'function' ? target : target.module;
    let served = this.#served.get(key);
    if (served === undefined) {
      served =
        typeof target === 'function'
          ? this.#listen(listenerOf(target))
          : importHandler(target.module).then((handler) => this.#listen(listenerOf(handler)));
      this.#served.set(key, served);
    }
    return served;
  }

  #listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`));
      server.unref();
    });
  }
}

/** Two parameters and more: a node listener (or an Express app); one: a fetch handler. */
const listenerOf = (target: RequestListener | FetchHandler): RequestListener =>
  target.length >= 2 ? (target as RequestListener) : requestListener(target as FetchHandler);

async function importHandler(file: string): Promise<RequestListener | FetchHandler> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof module.default === 'function') return module.default as RequestListener;
  throw new TypeError(`${file} has no default export that is a function (req, res) or (request)`);
}

function originOf(url: string): string {
  if (url.startsWith('unix:')) return url;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** A fetch handler as a node request listener. */
function requestListener(handler: FetchHandler): RequestListener {
  return async (req, res) => {
    try {
      const { Readable } = await import('node:stream');
      const headers = new Headers();
      for (let at = 0; at < req.rawHeaders.length; at += 2) headers.append(req.rawHeaders[at] as string, req.rawHeaders[at + 1] as string);
      const hasBody = req.method !== 'GET' && req.method !== 'HEAD';
      const init = { method: req.method as string, headers, ...(hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' } : {}) };
      const response = await handler(new Request(`http://${req.headers.host ?? 'localhost'}${req.url}`, init as RequestInit));
      const flat: string[] = [];
      for (const [name, value] of response.headers) flat.push(name, value);
      res.writeHead(response.status, response.statusText, flat);
      if (response.body === null) res.end();
      else Readable.fromWeb(response.body as never).pipe(res);
    } catch (error) {
      res.writeHead(500, { 'content-type': 'text/plain' }).end(`the upstream function failed: ${(error as Error).message}\n`);
    }
  };
}
