import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';
import { frame, unframe } from '../../../../src/http/grpc-frames.ts';
import { decodeMessage, encodeMessage } from '../../../../src/dialects/kong/grpc/message.ts';
import { parseProto } from '../../../../src/dialects/kong/grpc/parse-proto.ts';

const proto = `syntax = "proto3"; package hello;
service Greeter {
  rpc Hi (Ask) returns (Answer) { option (google.api.http) = { get: "/v1/hi/{name}" additional_bindings { post: "/v1/hi" body: "*" } }; }
  rpc Fail (Ask) returns (Answer) { option (google.api.http) = { get: "/v1/fail" }; }
}
message Ask { string name = 1; bool loud = 2; repeated string tags = 3; Inner inner = 4; }
message Inner { int32 n = 1; }
message Answer { string text = 1; string path = 2; }`;
const schema = parseProto(proto, () => undefined);

let server: Http2Server;
let origin = '';
/** A gRPC service: says what it was asked, twice, and ends with a status in trailers. */
beforeAll(async () => {
  server = createServer();
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (headers[':path'] === '/hello.Greeter/Fail') {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5', 'grpc-message': 'lost' }, { endStream: true });
        return;
      }
      const ask = decodeMessage(schema, 'hello.Ask', unframe(Buffer.concat(chunks)).messages[0] ?? Buffer.alloc(0));
      stream.respond({ ':status': 200, 'content-type': String(headers['content-type']) }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
      const text = JSON.stringify({ ...ask, te: headers['te'] });
      stream.end(frame(0, encodeMessage(schema, 'hello.Answer', { text, path: headers[':path'] })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function start(plugin: string, files: Record<string, string> = { 'hello.proto': proto }, rest = ''): Promise<Gateway & AsyncDisposable> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  writeFileSync(
    path.join(folder, 'kong.yml'),
    `_format_version: '3.0'\nservices:\n  - { name: g, host: g.internal, port: 50051, protocol: grpc, routes: [{ name: r, paths: [/, /api] }], plugins: [${plugin}] }\n${rest}`,
  );
  const gateway = createGateway({ config: 'kong.yml', folder, upstreams: { 'g.internal': origin } });
  return gateway.finally(() => rmSync(folder, { recursive: true, force: true }));
}
const ask = (path: string, init: RequestInit = {}): Request => new Request(`http://localhost${path}`, init);

describe('grpc-gateway', () => {
  const plugin = '{ name: grpc-gateway, config: { proto: hello.proto } }';
  const heard = async (answer: Response): Promise<any> => JSON.parse(((await answer.json()) as { text: string }).text);

  it('turns paths, arguments and bodies into messages, and answers into JSON', async () => {
    await using gateway = await start(plugin);
    const answer = await gateway.fetch(ask('/v1/hi/ann?loud=true&tags=a&tags=b&inner.n=7'));
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'application/json',
      '*',
    ]);
    expect(await heard(answer)).toEqual({ name: 'ann', loud: true, tags: ['a', 'b'], inner: { n: 7 }, te: 'trailers' });
    const posted = await gateway.fetch(ask('/v1/hi', { method: 'POST', body: '{"name":"bob","tags":["x"]}' }));
    expect(await posted.clone().json()).toMatchObject({ path: '/hello.Greeter/Hi' });
    expect(await heard(posted)).toEqual({ name: 'bob', loud: false, tags: ['x'], te: 'trailers' });
    expect(await heard(await gateway.fetch(ask('/v1/hi/ann?tags=one')))).toMatchObject({ tags: ['one'] });
  });

  it.each<[string, RequestInit, number, string]>([
    ['/v1/none', {}, 400, 'failed to transcode .proto file Unknown path "/v1/none"'],
    ['/v1/hi', { method: 'PUT', body: '{}' }, 400, 'failed to transcode .proto file Unknown method "put"'],
    ['/v1/hi', { method: 'POST', body: '{' }, 400, 'decode json err: '],
    ['/v1/hi', { method: 'POST', body: '1' }, 400, 'body must be a table'],
    ['/v1/hi', { method: 'POST', body: '{"name":1}' }, 400, 'failed to encode payload'],
    ['/v1/hi', { method: 'POST', body: '{"name":null}' }, 400, 'failed to encode payload'],
    ['/v1/hi', { method: 'OPTIONS' }, 200, 'OK'],
    ['/v1/fail', {}, 404, ''],
  ])('answers %s (%o) with %d', async (target, init, status, body) => {
    await using gateway = await start(plugin);
    const answer = await gateway.fetch(ask(target, init));
    expect([answer.status, (await answer.text()).slice(0, body.length || 1)]).toEqual([status, body]);
  });

  it('wants a .proto file that it can read', async () => {
    await expect(start(plugin, {})).rejects.toMatchObject({ code: 'DG1204' });
    await expect(start(plugin, { 'hello.proto': 'message {' })).rejects.toMatchObject({ code: 'DG1203' });
    for (const template of ['/a{name}', '/{name}{other}', '/{name=**}/{other=**}'])
      await expect(start(plugin, { 'hello.proto': proto.replace('/v1/fail', template) })).rejects.toMatchObject({ code: 'DG1207' });
    await using without = await start('{ name: grpc-gateway, config: {} }');
    expect((await without.fetch(ask('/v1/hi/a'))).status).toBe(400);
  });
});

describe('grpc-web', () => {
  const message = frame(0, encodeMessage(schema, 'hello.Ask', { name: 'ann' }));
  const call = (type: string, body: Buffer, target = '/hello.Greeter/Hi'): Request =>
    ask(target, { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) });
  const parts = (bytes: Buffer): { answer: any; status: string } => {
    const [answer = Buffer.alloc(0), status = Buffer.alloc(0)] = unframe(bytes).messages;
    return { answer: decodeMessage(schema, 'hello.Answer', answer), status: status.toString() };
  };
  const status = 'grpc-status:0\r\ngrpc-message:fine\r\n';

  it('passes messages as they are, with the trailers in a frame', async () => {
    await using gateway = await start('{ name: grpc-web, config: {} }');
    const answer = await gateway.fetch(call('application/grpc-web+proto', message));
    expect([answer.headers.get('content-type'), answer.headers.get('access-control-allow-origin')]).toEqual(['application/grpc-web+proto', '*']);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.includes(frame(0x80, Buffer.from(status)))).toBe(true);
    expect(parts(bytes)).toMatchObject({ answer: { path: '/hello.Greeter/Hi' }, status });
    expect(JSON.parse(parts(bytes).answer.text)).toMatchObject({ name: 'ann', te: 'trailers' });
  });

  it('speaks base64, each piece for itself', async () => {
    await using gateway = await start('{ name: grpc-web, config: { allow_origin_header: https://app.example.com } }');
    const answer = await gateway.fetch(call('application/grpc-web-text', Buffer.from(message.toString('base64'))));
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const text = await answer.text();
    const bytes = Buffer.concat((text.match(/[A-Za-z0-9+/]+=*/g) ?? []).map((piece) => Buffer.from(piece, 'base64')));
    expect(parts(bytes).status).toBe(status);
  });

  it('speaks JSON, framed or not', async () => {
    await using gateway = await start('{ name: grpc-web, config: { proto: hello.proto } }');
    const plain = await gateway.fetch(call('application/json', Buffer.from('{"name":"ann"}')));
    expect(JSON.parse(((await plain.json()) as { text: string }).text)).toMatchObject({ name: 'ann' });
    const framed = await gateway.fetch(call('application/grpc-web+json', frame(0, Buffer.from('{"name":"ann"}'))));
    const [answer, last] = unframe(Buffer.from(await framed.arrayBuffer())).messages;
    expect(JSON.parse(String(answer))).toMatchObject({ path: '/hello.Greeter/Hi' });
    expect(String(last)).toBe(status);
    expect((await gateway.fetch(call('application/json', Buffer.from('{"name":1}')))).status).toBe(400);
    expect(await (await gateway.fetch(call('application/json', Buffer.from('{}'), '/no'))).text()).toBe('Unkown path "/no"');
  });

  it('refuses what is no gRPC-Web, and answers a browser that asks first', async () => {
    await using gateway = await start('{ name: grpc-web, config: {} }');
    expect((await gateway.fetch(call('text/plain', message))).status).toBe(400);
    const first = await gateway.fetch(ask('/', { method: 'OPTIONS' }));
    expect([first.status, first.headers.get('access-control-allow-methods'), first.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'POST',
      '*',
    ]);
  });

  it('asks for the path of the request, or what is left of it', async () => {
    await using whole = await start('{ name: grpc-web, config: {} }');
    await using stripped = await start('{ name: grpc-web, config: { pass_stripped_path: true } }');
    const heard = async (gateway: Gateway): Promise<unknown> =>
      parts(Buffer.from(await (await gateway.fetch(call('application/grpc-web', message, '/api/hello.Greeter/Hi'))).arrayBuffer())).answer.path;
    expect(await heard(whole)).toBe('/api/hello.Greeter/Hi');
    expect(await heard(stripped)).toBe('/hello.Greeter/Hi');
  });

  it('may stand on one consumer alone', async () => {
    const rest =
      'consumers:\n  - { username: ann, keyauth_credentials: [{ key: a-key }] }\n  - { username: bob, keyauth_credentials: [{ key: b-key }] }\n';
    await using gateway = await start('{ name: key-auth, config: {} }, { name: grpc-web, consumer: ann, config: {} }', {}, rest);
    const as = async (key: string): Promise<Buffer> => {
      const request = call('application/grpc-web', message);
      request.headers.set('apikey', key);
      return Buffer.from(await (await gateway.fetch(request)).arrayBuffer());
    };
    expect(parts(await as('a-key')).status).toBe(status);
    expect(parts(await as('b-key')).status).toBe('');
  });
});
