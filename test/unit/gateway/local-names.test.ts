import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const config = {
  routes: [
    {
      match: { host: 'api.example.com', path: '/*' },
      steps: [{ reply: { headers: { Location: '${request.header.x-to}', 'Set-Cookie': '${request.header.x-cookie}' }, body: '${request.host}' } }],
    },
  ],
};
async function ask(host: string, asHost: string | true | undefined, headers: readonly string[] = []): Promise<Response> {
  await using gateway = await createGateway({ config, ...(asHost === undefined ? {} : { asHost }) });
  return gateway.fetch({ method: 'GET', target: '/a', rawHeaders: ['Host', host, ...headers] });
}

describe('names of this machine', () => {
  it.each([
    ['localhost:8080', 'api.example.com', 200],
    ['127.0.0.1:8080', 'api.example.com', 200],
    ['[::1]:8080', 'api.example.com', 200],
    ['api.example.com.localhost:8080', true, 200],
    ['api.example.com.localhost', 'other.example', 200],
    ['localhost:8080', true, 404],
    ['evil.test', 'api.example.com', 404],
    ['localhost.evil.test', 'api.example.com', 404],
    ['api.example.com', true, 200],
    ['api.example.com.localhost', undefined, 404],
  ] as const)('%s as %s answers %i', async (host, asHost, status) => {
    const answer = await ask(host, asHost);
    expect(answer.status).toBe(status);
    if (status === 200) expect(await answer.text()).toBe('api.example.com');
  });

  it.each([
    ['https://api.example.com/b?c=d', 'http://api.example.com.localhost:8080/b?c=d'],
    ['http://api.example.com:443', 'http://api.example.com.localhost:8080'],
    ['//API.example.com/b', 'http://api.example.com.localhost:8080/b'],
    ['https://other.example.com/b', 'https://other.example.com/b'],
    ['https://api.example.com.evil.test/', 'https://api.example.com.evil.test/'],
    ['/b', '/b'],
  ])('a redirect to %s leads to %s', async (to, expected) => {
    const answer = await ask('api.example.com.localhost:8080', true, ['X-To', to, 'X-Cookie', 'a=1']);
    expect(answer.headers.get('location')).toBe(expected);
    expect((await ask('api.example.com', true, ['X-To', to, 'X-Cookie', 'a=1'])).headers.get('location')).toBe(to);
  });

  it.each([
    ['a=1; Domain=api.example.com; Path=/', 'a=1; Path=/'],
    ['a=1; domain=.example.com; Secure', 'a=1; Secure'],
    ['a=1; Domain=other.test', 'a=1; Domain=other.test'],
  ])('the cookie %s comes as %s', async (cookie, expected) => {
    const answer = await ask('localhost', 'api.example.com', ['X-To', '/', 'X-Cookie', cookie]);
    expect(answer.headers.get('set-cookie')).toBe(expected);
  });
});
