import type { Socket } from 'node:net';
import { Exchange } from '../../src/engine/exchange.ts';
import type { Answer } from '../../src/engine/kit.ts';
import { MessageBody } from '../../src/engine/message-body.ts';
import type { Failure } from '../../src/engine/outcome.ts';
import { GatewayClock } from '../../src/gateway/clock.ts';
import { readWhole } from '../../src/http/body.ts';
import { Fields } from '../../src/http/fields.ts';
import { proxyDefaults } from '../../src/model/gateway.ts';
import { ConnectionPool } from '../../src/transport/http1-client/connection-pool.ts';
import { sendHttp1, type Http1Request } from '../../src/transport/http1-client/send.ts';
import type { Sending } from '../../src/transport/pending-answer.ts';
import type { RawUpstream } from './raw-upstream.ts';

/** What a client is given of a request to the upstream `orders`. */
export function sending(clock: GatewayClock = new GatewayClock()): Sending {
  const exchange = new Exchange({
    arrived: { method: 'GET', target: '/', httpVersion: '1.1', headers: new Fields() },
    connection: { remoteAddress: '', remotePort: 0, secure: false },
    listener: { name: '', port: 0, protocol: 'http' },
    startedAt: 0,
    body: new MessageBody(null),
  });
  return { exchange, clock, upstream: 'orders', options: { ...proxyDefaults, names: ['orders'], url: 'http://orders' } };
}
export const get: Http1Request = { method: 'GET', target: '/', httpVersion: '1.1', headers: ['Host', 'orders'], body: null, upgrade: false };

export function answered(result: Answer | Failure): Answer {
  if ('type' in result) throw new Error(`failed: ${result.fault.kind} ${JSON.stringify(result.fault.detail)}`);
  return result;
}
export async function textOf(result: Answer | Failure): Promise<string> {
  return (await readWhole(answered(result))).bytes.toString('latin1');
}

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
export const closed = (socket: Socket | undefined): Promise<unknown> => new Promise((resolve) => socket?.once('close', resolve));

/** A pool that goes with its test. */
export class TestPool extends ConnectionPool implements Disposable {
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The body of the answer to a request that may share a connection. */
export const ask = async (upstream: RawUpstream, pool: ConnectionPool, request: Partial<Http1Request> = {}): Promise<string> =>
  textOf(await sendHttp1(upstream.url, { ...get, ...request }, sending(), pool));
