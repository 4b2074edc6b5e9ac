import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../src/index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const accept = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** An upstream that says `answer` to the first bytes it gets. */
async function start(answer: Buffer): Promise<Gateway> {
  const upstream = createServer().on('upgrade', (_req, socket: Duplex) => {
    socket.on('error', () => {}).on('end', () => socket.end());
    socket.write(accept);
    socket.once('data', () => socket.write(answer)).resume();
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => upstream.close());
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const gateway = await createGateway({ config: { routes: [{ match: { path: '/chat' }, upstream: 'chat:80' }] }, upstreams: { 'chat:80': url } });
  cleanups.push(() => gateway.close());
  return gateway;
}

async function open(gateway: Gateway, protocol = 'websocket'): Promise<Duplex> {
  const headers = { Connection: 'Upgrade', Upgrade: protocol, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
  const asked = request(`${gateway.url}/chat`, { agent: false, headers }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Duplex];
  return socket;
}
/** `hi`, masked. */
const hi = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2]);

it('shows what passed over a WebSocket, once it is closed', async () => {
  const gateway = await start(Buffer.concat([Buffer.from([0x82, 2, 7, 8]), Buffer.from([0x88, 2, 3, 232])]));
  gateway.clock.freeze();
  await gateway.clock.travel('2030-01-01T00:00:00Z');
  const socket = await open(gateway);
  const answered = once(socket, 'data');
  socket.write(hi);
  expect((await answered)[0]).toEqual(Buffer.from([0x82, 2, 7, 8, 0x88, 2, 3, 232]));
  expect(gateway.traffic.all).toEqual([]);
  socket.end();
  const [exchange] = await gateway.traffic.waitFor({ path: '/chat' });
  const at = Date.parse('2030-01-01T00:00:00Z');
  expect(exchange?.response.status).toBe(101);
  expect(exchange?.frames).toEqual([
    { from: 'client', at, kind: 'text', data: Buffer.from('hi'), size: 2, compressed: false },
    { from: 'upstream', at, kind: 'binary', data: Buffer.from([7, 8]), size: 2, compressed: false },
    { from: 'upstream', at, kind: 'close', data: Buffer.from([3, 232]), size: 2, compressed: false },
  ]);
});

it('holds no more of it than of a body', async () => {
  const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0]);
  const gateway = await start(Buffer.concat([head, Buffer.alloc(0x20_00_00), ...Array.from({ length: 1_500 }, () => Buffer.from([0x89, 0]))]));
  const socket = await open(gateway);
  socket.write(hi);
  let size = 0;
  for await (const chunk of socket) if ((size += (chunk as Buffer).length) === 10 + 0x20_00_00 + 3_000) break;
  socket.destroy();
  const [exchange] = await gateway.traffic.waitFor({ path: '/chat' });
  const frames = exchange?.frames ?? [];
  expect(frames).toHaveLength(1_000);
  expect(frames[1]?.size).toBe(0x20_00_00);
  expect(frames.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThanOrEqual(1_048_576);
  expect(frames[1]?.data.length).toBeGreaterThan(900_000);
});

it('reads nothing into another protocol', async () => {
  const gateway = await start(Buffer.from([0x82, 2, 7, 8]));
  const socket = await open(gateway, 'other');
  const answered = once(socket, 'data');
  socket.write(hi);
  await answered;
  socket.end();
  expect((await gateway.traffic.waitFor())[0]?.frames).toEqual([]);
});
