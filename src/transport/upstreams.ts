import { createServer, type RequestListener, type Server } from 'node:http';

/** A fetch handler: a WHATWG Request in, a Response out. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;
/** Where a production address is on this machine. */
export type UpstreamTarget = string | URL | RequestListener | FetchHandler;

/**
 * Where production addresses are on this machine. What nobody mapped keeps its own address. `*` maps everything else.
 * Functions get a server of their own on loopback when they are first asked.
 */
export class Upstreams {
  readonly #targets: ReadonlyMap<string, UpstreamTarget>;
  readonly #origins = new Map<string, string>();
  readonly #served = new Map<UpstreamTarget, Promise<string>>();
  readonly #servers: Server[] = [];
  readonly #overrides = new Map<string, UpstreamTarget>();

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

  find(names: readonly string[]): UpstreamTarget | undefined {
    for (const name of names) {
      const target = this.#overrides.get(name) ?? this.#targets.get(name);
      if (target !== undefined) return target;
    }
    return this.#targets.get('*');
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))));
  }

  #serve(target: RequestListener | FetchHandler): Promise<string> {
    let served = this.#served.get(target);
    if (served === undefined) {
      served = this.#listen(target.length >= 2 ? (target as RequestListener) : requestListener(target as FetchHandler));
      this.#served.set(target, served);
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
