import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const route = (name: string): object => ({ match: { path: `/${name}` }, upstream: { url: `${name}:80`, responseTimeout: '30s' } });
const said = (text: string) => (): Response => new Response(text);
const start = (): Promise<Gateway> =>
  createGateway({ config: { routes: [route('one'), route('two')] }, upstreams: { 'one:80': said('one'), 'two:80': said('two') } });
const text = async (gateway: Gateway, name: string): Promise<string> => {
  const answer = await gateway.fetch(`/${name}`);
  return answer.status === 200 ? answer.text() : String(answer.status);
};

describe('gateway.override', () => {
  it('stands above everything until it is taken back', async () => {
    await using gateway = await start();
    expect(await text(gateway, 'one')).toBe('one');
    const undo = gateway.override('one:80', said('other'));
    expect([await text(gateway, 'one'), await text(gateway, 'two')]).toEqual(['other', 'two']);
    undo();
    expect(await text(gateway, 'one')).toBe('one');
  });

  it('of every upstream gives way to that of one, and both to a reset', async () => {
    await using gateway = await start();
    gateway.override('*', said('all'));
    gateway.override('two', said('second'));
    expect([await text(gateway, 'one'), await text(gateway, 'two')]).toEqual(['all', 'second']);
    await gateway.reset();
    expect([await text(gateway, 'one'), await text(gateway, 'two')]).toEqual(['one', 'two']);
  });

  it('that came later is not undone by an earlier one', async () => {
    await using gateway = await start();
    const undo = gateway.override('one:80', said('first'));
    gateway.override('one:80', said('second'));
    undo();
    expect(await text(gateway, 'one')).toBe('second');
  });

  it('may be of a function', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-override-'));
    const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:orders/invocations';
    const get = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
    writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify({ openapi: '3.0.1', info: {}, paths: { '/a': { get } } }));
    const answer = (body: string) => async () => ({ statusCode: 200, body });
    await using gateway = await createGateway({ config: 'openapi.json', folder, stage: 'dev', upstreams: { 'function:orders': answer('real') } });
    expect(await text(gateway, 'dev/a')).toBe('real');
    const undo = gateway.override('function:orders', answer('other'));
    expect(await text(gateway, 'dev/a')).toBe('other');
    undo();
    expect(await text(gateway, 'dev/a')).toBe('real');
    rmSync(folder, { recursive: true });
  });
});

describe('gateway.fault', () => {
  it('answers a status, so many times', async () => {
    await using gateway = await start();
    gateway.fault('one:80', { status: 503, headers: { 'Retry-After': '7' }, body: 'busy', times: 2 });
    const answer = await gateway.fetch('/one');
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '7', 'busy']);
    expect([await text(gateway, 'one'), await text(gateway, 'one'), await text(gateway, 'two')]).toEqual(['503', 'one', 'two']);
  });

  it('breaks the connection off, in the words of the gateway', async () => {
    await using gateway = await start();
    const undo = gateway.fault('*', { reset: true });
    expect([await text(gateway, 'one'), await text(gateway, 'two')]).toEqual(['502', '502']);
    undo();
    expect(await text(gateway, 'one')).toBe('one');
  });

  it('waits on the clock of the gateway, and no longer than the gateway does', async () => {
    await using gateway = await start();
    gateway.clock.freeze();
    gateway.fault('one:80', { delayMs: 5_000, times: 1 });
    const slow = text(gateway, 'one');
    await gateway.clock.advance(5_000);
    expect(await slow).toBe('one');
    gateway.fault('one:80', { delayMs: 60_000 });
    const late = text(gateway, 'one');
    await gateway.clock.advance(30_000);
    expect(await late).toBe('504');
    await gateway.reset();
    expect(await text(gateway, 'one')).toBe('one');
  });

  it('meets the issuer too', async () => {
    const jwt = { issuer: 'https://login.test', algorithms: ['RS256'] };
    const config = { routes: [{ match: { path: '/*' }, steps: [{ jwt }, { reply: {} }] }] };
    const asked: string[] = [];
    await using gateway = await createGateway({
      config,
      upstreams: { 'login.test': (request: Request) => (asked.push(request.url), new Response('{}')) },
    });
    gateway.fault('login.test', { status: 500 });
    const token = `${Buffer.from('{"alg":"RS256","kid":"a"}').toString('base64url')}.${Buffer.from('{"iss":"https://login.test"}').toString('base64url')}.AAAA`;
    const answer = await gateway.fetch(new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } }));
    expect([answer.status, asked]).toEqual([401, []]);
  });
});
