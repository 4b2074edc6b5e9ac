import type { Deps } from '../engine/kit.ts';
import { readWhole } from '../http/body.ts';
import { Exchange } from '../engine/exchange.ts';
import { MessageBody } from '../engine/message-body.ts';
import { Fields } from '../http/fields.ts';
import { proxyDefaults, type Listener } from '../model/gateway.ts';
import { proxyKind, type Services } from './proxy.ts';

const nobody: Listener = { name: '', port: 0, protocol: 'http' };
const maxBytes = 4 * 1024 * 1024;

const isLoopback = (hostname: string): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);

/** Fetches documents that steps need (key sets, discovery) through the upstream map and the same pools. */
export function documentFetcher(services: Services): Deps['fetch'] {
  const proxy = proxyKind(services);
  return async (url, init = {}) => {
    const { host, hostname, pathname, search, protocol, port } = new URL(url);
    const withPort = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
    const names = [url, host, withPort, hostname];
    if (init.mappedOnly === true && !isLoopback(hostname) && !services.upstreams.isMapped(names, init.within?.scope))
      throw new Error(`${hostname} is not mapped: --upstream ${hostname}=URL says where it is`);
    if (init.untaped === true && services.replay.answer !== null) throw new Error(`${hostname} is not told: tapes stand for upstreams`);
    const options = {
      ...proxyDefaults,
      names,
      url: `${protocol}//${host}`,
      responseTimeoutMs: init.timeoutMs ?? 5_000,
    };
    const exchange = new Exchange({
      arrived: {
        method: init.method ?? 'GET',
        target: `${pathname}${search}`,
        httpVersion: '1.1',
        headers: new Fields(['Host', host, 'Accept', 'application/json', ...(init.headers ?? [])]),
      },
      connection: { remoteAddress: '', remotePort: 0, secure: false },
      listener: nobody,
      startedAt: (init.within?.clock ?? services.clock).now(),
      scope: init.within?.scope ?? '',
      clock: init.within?.clock ?? null,
      body: init.body === undefined ? new MessageBody(null) : MessageBody.of(init.body),
    });
    const answer = await proxy.create(options, undefined as never, undefined as never)(exchange);
    if ('type' in answer) throw new Error(`${url} cannot be fetched: ${answer.fault.kind}`);
    const { bytes } = answer.length === 0 ? { bytes: Buffer.alloc(0) } : await readWhole(answer, maxBytes);
    return { status: answer.status, headers: answer.headers, text: bytes.toString('utf8') };
  };
}
