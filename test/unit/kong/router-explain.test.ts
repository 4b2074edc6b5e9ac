import { describe, expect, it } from 'vitest';
import { kong } from './kong-gateway.ts';

const routes = `services:
  - name: s
    url: http://s.internal
    routes:
      - { name: posts, methods: [POST], paths: [/orders] }
      - { name: all, paths: [/orders] }
      - { name: one, paths: ['~/orders/\\d+$'] }
      - { name: tenant, hosts: ['*.a.com', 'b.com:81'], headers: { x-tenant: [one, two] } }
      - { name: root, paths: [/] }
`;

describe('explain', () => {
  it.each(['traditional_compatible', 'traditional'])('names the route that won in %s, and why the others lost', async (flavor) => {
    await using gateway = await kong(routes, `router_flavor = ${flavor}`);
    const { decisions } = await gateway.explain({ method: 'GET', target: '/orders/7', rawHeaders: ['Host', 'localhost'] });
    const notes = decisions.filter(({ kind }) => kind === 'kong/router').map(({ message, origin }) => [message, origin?.line]);
    expect(notes[0]).toEqual([expect.stringMatching(/^route one wins: .*a regex path/), 8]);
    expect(notes).toContainEqual(['route all loses: it matches too, but ranks lower: no regex path, where one has a regex path', 7]);
    expect(notes).toContainEqual(['route posts loses: method GET is not POST', 6]);
    expect(notes.at(-2)).toEqual([
      expect.stringMatching(/^route tenant loses: host localhost is not \*\.a\.com or b\.com.*81; header x-tenant none is not one or two$/),
      9,
    ]);
  });

  it('says what each lacks where nothing matches, of the nearest five', async () => {
    const many = Array.from({ length: 9 }, (_, at) => `      - { name: r${at}, paths: [/r${at}] }\n`).join('');
    await using gateway = await kong(`services:\n  - name: s\n    url: http://s.internal\n    routes:\n${many}`);
    const { decisions, status } = await gateway.explain({ method: 'GET', target: '/none', rawHeaders: ['Host', 'localhost'] });
    const notes = decisions.filter(({ what }) => what === 'note').map(({ message }) => message);
    expect(status).toBe(404);
    expect(notes).toHaveLength(6);
    expect(notes).toContain('route r8 loses: path /none is not /r8*');
    expect(notes.at(-1)).toBe('4 more routes lack as much or more');
  });

  it('says that expressions are told apart by their conditions', async () => {
    const text = `services:
  - name: s
    url: http://s.internal
    routes:
      - { name: e, expression: 'http.path ^= "/a" && !(http.method == "GET") && net.dst.port >= 9000', priority: 3 }
`;
    await using gateway = await kong(text, 'router_flavor = expressions');
    const { decisions } = await gateway.explain({ method: 'GET', target: '/a', rawHeaders: ['Host', 'localhost'] });
    expect(decisions.map(({ message }) => message)).toContain('route e loses: method GET is excluded; port 8000 is not >= 9000');
  });
});
