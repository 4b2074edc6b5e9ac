import { createServer, type AddressInfo } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { fc } from '../../properties.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHello } from '../../../src/transport/client-hello.ts';

/** The first bytes that node's own client sends. */
function helloOf(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (bytes: Buffer) => {
        socket.destroy();
        server.close();
        resolve(bytes);
      });
    });
    server.listen(0, '127.0.0.1', () =>
      connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options }).on('error', () => {}),
    );
  });
}

/** The same message in records of `size` bytes. */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

describe('the first message of a TLS connection', () => {
  let named: Buffer;
  let nameless: Buffer;
  beforeAll(async () => {
    named = await helloOf({ servername: 'Shop.Example.com', ALPNProtocols: ['h2', 'http/1.1'] });
    nameless = await helloOf({});
  });

  it('says the server name, or that there is none', () => {
    expect(readHello(named)).toEqual({ serverName: 'shop.example.com' });
    expect(readHello(nameless)).toEqual({ serverName: '' });
  });

  it('is waited for until all of it is there, however it comes in pieces', () => {
    fc.assert(
      fc.property(fc.nat(), (cut) => {
        expect(readHello(named.subarray(0, cut % named.length))).toBe('more');
      }),
    );
  });

  it('may be spread over several records', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (size) => {
        expect(readHello(inRecords(named, size))).toEqual({ serverName: 'shop.example.com' });
      }),
    );
  });

  it.each([
    'GET / HTTP/1.1\r\n\r\n',
    'PRI * HTTP/2.0\r\n',
    '\0',
    '\x16\x02\x00\x00\x05',
    '\x16\x03\x01\x00\x04\x02\0\0\0',
    '\x15\x03\x01\x00\x02\x02\x28',
  ])('is no other one: %j', (text) => expect(readHello(Buffer.from(text, 'latin1'))).toBe('none'));

  it('is refused where it would never end', () => {
    expect(readHello(Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255]))).toBe('none');
    expect(readHello(Buffer.concat([Buffer.from([22, 3, 1, 255, 255]), Buffer.alloc(70_000, 1)]))).toBe('none');
  });

  it('does no harm, whatever it is', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void readHello(Buffer.from(bytes))));
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), (at, value) => {
        const broken = Buffer.from(named);
        broken[at % broken.length] = value;
        readHello(broken);
      }),
      { numRuns: 1000 },
    );
  });
});
