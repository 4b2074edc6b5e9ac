import { connect, createServer, type ClientHttp2Session, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifests } from './one-route.ts';

/** Says every piece of the call back as it comes, then how it ended. `/plain`: an answer with trailers alone. */
let server: Http2Server;
const seen: IncomingHttpHeaders[] = [];
const bodies = new Map<string, string>();
beforeAll(async () => {
  server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    seen.push(headers);
    stream.on('error', () => {});
    if (headers[':path'] === '/shop.Plain/Fail')
      return stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
    let body = '';
    stream.on('data', (piece: Buffer) => {
      body += piece.toString();
      stream.write(`<${piece.toString()}>`);
    });
    stream.on('end', () => {
      bodies.set(String(headers['x-copy'] ?? headers[':path']), body);
      stream.end('.');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
const upstream = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

interface Call {
  readonly head: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly pieces: readonly string[];
}
/** A call whose pieces are sent one by one, each after the answer to the one before. */
async function call(client: ClientHttp2Session, path: string, pieces: readonly string[], fields: IncomingHttpHeaders = {}): Promise<Call> {
  const stream = client.request({ ':path': path, ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers', ...fields });
  let trailers: IncomingHttpHeaders = {};
  const got: string[] = [];
  const headed = once(stream, 'response') as Promise<[IncomingHttpHeaders]>;
  stream.on('trailers', (last: IncomingHttpHeaders) => (trailers = last));
  stream.on('data', (piece: Buffer) => got.push(piece.toString()));
  for (const piece of pieces) {
    stream.write(piece);
    await Promise.race([once(stream, 'data'), once(stream, 'close')]);
  }
  stream.end();
  const [head] = await headed;
  stream.resume();
  if (!stream.closed) await once(stream, 'close');
  return { head, trailers, pieces: got };
}
async function clientOf(url: string): Promise<ClientHttp2Session> {
  const client = connect(url, { rejectUnauthorized: false });
  await once(client, 'connect');
  return client;
}

const to = (name: string, match = ''): string => `{ ${match} backendRefs: [{ name: ${name}, port: 80 }] }`;
const secured = (certificate: string, key: string): string => {
  const data = `{ tls.crt: ${Buffer.from(certificate).toString('base64')}, tls.key: ${Buffer.from(key).toString('base64')} }`;
  const listener = '{ name: tls, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: cert }] } }';
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: cert, namespace: shop }\ndata: ${data}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: public, namespace: shop }\nspec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }, ${listener}] }`;
};

describe('a call', () => {
  it.each(['http', 'https'] as const)('goes both ways piece by piece, with trailers, over %s', async (protocol) => {
    const { localAuthority } = await import('../../../src/transport/local-ca/authority.ts');
    const { mkdtempSync, rmSync } = await import('node:fs');
    const folder = mkdtempSync('/tmp/devgateway-grpc-');
    const { certificate, key } = localAuthority(folder).leafFor('localhost');
    rmSync(folder, { recursive: true });
    await using gateway = await manifests(`rules: [${to('a')}]`, {
      kind: 'GRPCRoute',
      backends: { a: upstream() },
      beside: secured(certificate, key),
    });
    const client = await clientOf(gateway.urlFor({ protocol }));
    const { head, trailers, pieces } = await call(client, '/shop.Orders/Watch', ['a', 'b', 'c']);
    expect([head[':status'], pieces.join(''), trailers['grpc-status'], trailers['grpc-message']]).toEqual([200, '<a><b><c>.', '0', 'fine']);
    expect(seen.at(-1)).toMatchObject({ te: 'trailers', 'content-type': 'application/grpc', ':path': '/shop.Orders/Watch' });
    client.close();
  });

  it('that the backend refuses at once keeps its status in the head', async () => {
    await using gateway = await manifests(`rules: [${to('a')}]`, { kind: 'GRPCRoute', backends: { a: upstream() } });
    const client = await clientOf(gateway.url);
    expect((await call(client, '/shop.Plain/Fail', [])).head).toMatchObject({ ':status': 200, 'grpc-status': '5' });
    client.close();
  });

  it('is mirrored whole, and the mirror holds nothing up', async () => {
    const mirror =
      'filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: b, port: 80 } } }, { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-copy, value: "1" }] } }],';
    await using gateway = await manifests(`rules: [${to('a', mirror)}]`, { kind: 'GRPCRoute', backends: { a: upstream(), b: upstream() } });
    bodies.clear();
    const before = seen.length;
    const client = await clientOf(gateway.url);
    expect((await call(client, '/shop.Orders/Put', ['a', 'b'])).pieces.join('')).toBe('<a><b>.');
    await expect.poll(() => seen.length - before).toBe(2);
    await expect.poll(() => bodies.get('1')).toBe('ab');
    client.close();
  });
});

describe('what the gateway itself answers to a call', () => {
  const status = async (spec: string, path = '/shop.Orders/Get', fields: IncomingHttpHeaders = {}): Promise<unknown[]> => {
    await using gateway = await manifests(spec, { kind: 'GRPCRoute', backends: { a: 'http://127.0.0.1:1' } });
    const client = await clientOf(gateway.url);
    const { head } = await call(client, path, [], fields);
    client.close();
    return [head[':status'], head['grpc-status']];
  };
  it.each([
    ['no rule takes it', `rules: [${to('a', 'matches: [{ method: { service: other.Service } }],')}]`, '12'],
    ['the backend cannot be reached', `rules: [${to('a')}]`, '14'],
    ['the backend is of another kind', 'rules: [{ backendRefs: [{ group: x.io, kind: Bucket, name: a, port: 80 }] }]', '14'],
    ['there is no backend', 'rules: [{}]', '14'],
    ['nobody knows the filter', `rules: [${to('a', 'filters: [{ type: ExtensionRef, extensionRef: { group: x.io, kind: X, name: y } }],')}]`, '14'],
  ])('where %s', async (_, spec, grpc) => expect(await status(spec)).toEqual([200, grpc]));

  it('is plain to gRPC-Web and to anybody else', async () => {
    const spec = `rules: [${to('a')}]`;
    expect(await status(spec, '/shop.Orders/Get', { 'content-type': 'application/grpc-web+proto' })).toEqual([503, undefined]);
    expect(await status(spec, '/shop.Orders/Get', { 'content-type': 'application/json' })).toEqual([503, undefined]);
    expect(await status(spec, '/shop.Orders/Get', { 'content-type': 'application/grpc+proto' })).toEqual([200, '14']);
  });
});

describe('a rule is chosen', () => {
  const method = (members: string): string => `matches: [{ method: { ${members} } }],`;
  it('by service and method, in their case, or by regular expressions of them', async () => {
    await using gateway = await manifests(
      `rules: [${to('none', method('service: shop.Orders, method: Get'))}, ${to('gone', method('type: RegularExpression, service: "shop\\\\.[A-Z]+", method: "(?i)list"'))}]`,
      { kind: 'GRPCRoute', backends: {} },
    );
    const ask = async (path: string): Promise<string | null> =>
      (await gateway.ask(new Request(`http://a.test${path}`, { method: 'POST', headers: { 'content-type': 'application/grpc' } }))).headers.get(
        'grpc-status',
      );
    expect(await Promise.all(['/shop.Orders/Get', '/shop.ORDERS/LiSt'].map(ask))).toEqual(['14', '14']);
    expect(
      await Promise.all(['/shop.orders/Get', '/shop.Orders/get', '/shop.Orders/Get/x', '/xshop.ORDERS/list', '/shopxORDERS/list'].map(ask)),
    ).toEqual(['12', '12', '12', '12', '12']);
  });
});
