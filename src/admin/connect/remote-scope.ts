import type { UserFunction } from '../../engine/kit.ts';
import { inProcessRequest } from '../../gateway/in-process-request.ts';
import type { Explanation, FetchOptions, RawRequest } from '../../gateway/types.ts';
import type { TokenOptions } from '../../identity/mint.ts';
import type { PlannedFault } from '../../transport/planned-faults.ts';
import type { ServedTarget } from '../../transport/served-upstream.ts';
import type { LiveTarget } from '../../transport/upstreams.ts';
import type { ControlClient } from './client.ts';
import { RemoteTraffic } from './remote-traffic.ts';
import type { Sender } from './sender.ts';
import { isBodiless } from '../../http/bodiless.ts';

/** `gateway.clock` from another process. */
export interface RemoteClock {
  now(): Promise<number>;
  advance(ms: number): Promise<void>;
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
  travel(to: Date | number | string): Promise<void>;
}

/** A gateway, or a scope of one, as another process holds it: what answers at once there is a promise here. */
export interface RemoteScope {
  readonly url: string;
  /** Over a socket. Redirects are not followed. */
  fetch(request: Request | RawRequest | string): Promise<Response>;
  readonly clock: RemoteClock;
  readonly traffic: RemoteTraffic;
  /** A function runs in this process, behind a server on loopback that `close` ends. */
  override(upstream: string, handler: LiveTarget | UserFunction): Promise<() => Promise<void>>;
  fault(upstream: string, plan: PlannedFault): Promise<() => Promise<void>>;
  token(claims?: Readonly<Record<string, unknown>>, options?: TokenOptions): Promise<string>;
  explain(request: Request | RawRequest | string, options?: Omit<FetchOptions, 'scope'>): Promise<Explanation>;
  reset(): Promise<void>;
}

/** What the handles of one connection share. */
export interface Shared {
  readonly sender: Sender;
  /** Of the gateway, without a scope. */
  readonly address: string;
  /** Serves a handler on loopback until it is released. `upstream`: whose failures its own are. */
  serve(handler: ServedTarget, upstream: string): Promise<{ readonly url: string; readonly release: () => void }>;
  /** Done before the connection is closed. */
  readonly undone: Set<() => Promise<void>>;
}

export function remoteScope(shared: Shared, client: ControlClient, url: string, scope: string | null): RemoteScope {
  const latest = new Map<string, object>();
  /** Puts something; answers how to take it back, which does nothing where something else has taken its place since. */
  const put = async (path: string, body: object): Promise<() => Promise<void>> => {
    latest.set(path, body);
    await client.ask('PUT', path, { body });
    const undo = async (): Promise<void> => {
      shared.undone.delete(undo);
      if (latest.get(path) !== body) return;
      latest.delete(path);
      await client.ask('DELETE', path);
    };
    shared.undone.add(undo);
    return undo;
  };
  const move = (how: string, body?: object): Promise<void> => client.ask('POST', `/v1/clock/${how}`, { body });
  return {
    url,
    async fetch(input) {
      const { method, target, headers, body } = inProcessRequest(input);
      const rawHeaders = scope === null ? headers.raw : [...headers.raw, 'devgateway-scope', scope];
      return responseOf(await shared.sender.send(shared.address, { method, target, rawHeaders, body: await body.whole() }), method);
    },
    clock: {
      now: async () => (await client.ask<{ now: number }>('GET', '/v1/clock')).now,
      advance: (ms) => move('advance', { ms }),
      freeze: () => move('freeze'),
      unfreeze: () => move('unfreeze'),
      travel: (to) => move('travel', { to: to instanceof Date ? to.getTime() : to }),
    },
    traffic: new RemoteTraffic(client),
    async override(upstream, handler) {
      const path = `/v1/overrides/${encodeURIComponent(upstream)}`;
      if (typeof handler === 'string' || handler instanceof URL) return put(path, { url: String(handler) });
      const served = upstream.startsWith('function:') ? resultOf(handler as UserFunction) : (handler as ServedTarget);
      const { url: at, release } = await shared.serve(served, upstream);
      const undo = await put(path, { url: at });
      return () => undo().finally(release);
    },
    fault: (upstream, plan) => put(`/v1/faults/${encodeURIComponent(upstream)}`, { ...plan }),
    token: async (claims = {}, options = {}) => (await client.ask<{ token: string }>('POST', '/v1/tokens', { body: { claims, ...options } })).token,
    async explain(input, options = {}) {
      const { method, target, headers, body } = inProcessRequest(input);
      const bytes = await body.whole();
      const request = { method, target, rawHeaders: headers.raw, bodyBase64: bytes.toString('base64') };
      return client.ask<Explanation>('POST', '/v1/explain', { body: { ...request, ...options } });
    },
    reset: () => client.ask('POST', '/v1/reset'),
  };
}

/** The event comes as JSON; what the function gives goes back so. */
const resultOf =
  (run: UserFunction): ServedTarget =>
  async (request: Request) => {
    const { event, context } = (await request.json()) as { event: unknown; context: unknown };
    return Response.json((await (run as (event: unknown, context: unknown) => unknown)(event, context)) ?? null);
  };

function responseOf({ status, rawHeaders, body }: { status: number; rawHeaders: readonly string[]; body: Buffer }, method: string): Response {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  // A Response of Fetch cannot have one with 205 either.
  const bodiless = isBodiless(method, status) || status === 205;
  return new Response(bodiless ? null : new Uint8Array(body), { status, headers });
}
