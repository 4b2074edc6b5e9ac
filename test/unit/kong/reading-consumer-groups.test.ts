import { describe, expect, it } from 'vitest';
import { ask, read, said, start } from './kong-files.ts';

/** A plugin whose answer tells where it stood. */
const mark = (where: string, name: string): string =>
  `  - { name: response-transformer, ${where}config: { add: { headers: ['x-from:${name}'] } } }\n`;
const base = `services:
  - name: s
    url: http://s.internal
    routes:
      - { name: r, paths: [/r] }
      - { name: other, paths: [/other] }
  - name: elsewhere
    url: http://e.internal
    routes: [{ name: far, paths: [/far] }]
consumers:
  - { username: ann, keyauth_credentials: [{ key: ann }], groups: [{ name: silver }, { name: gold }] }
  - { username: bob, keyauth_credentials: [{ key: bob }] }
  - { username: eve, keyauth_credentials: [{ key: eve }] }
consumer_groups:
  - { name: gold }
  - { name: silver, consumers: [{ username: bob }] }
plugins:
  - { name: key-auth, config: {} }
`;

describe('consumer groups', () => {
  // Most specific first: each is in effect once everything above it is taken away (kong.runloop.plugins_iterator, lookup_cfg).
  const levels = [
    ['consumer: ann, route: r, service: s, ', 'rsc'],
    ['consumer_group: gold, route: r, service: s, ', 'rsg'],
    ['consumer: ann, route: r, ', 'rc'],
    ['consumer: ann, service: s, ', 'sc'],
    ['consumer_group: gold, route: r, ', 'rg'],
    ['consumer_group: gold, service: s, ', 'sg'],
    ['route: r, service: s, ', 'rs'],
    ['consumer: ann, ', 'c'],
    ['consumer_group: gold, ', 'g'],
    ['route: r, ', 'r'],
    ['service: s, ', 's'],
    ['', 'global'],
  ] as const;
  it.each(levels.map(([, name], index) => [name, index] as const))('%s counts where nothing more specific stands', async (name, index) => {
    const shuffled = levels.slice(index).toReversed();
    await using gateway = await start(base + shuffled.map(([where, one]) => mark(where, one)).join(''));
    expect((await ask(gateway, '/r', { apikey: 'ann' })).headers.get('x-from')).toBe(name);
  });

  it('looks at the groups of a consumer by how specific the entry is, then by name', async () => {
    await using gateway = await start(
      `${base}${mark('consumer_group: gold, ', 'gold')}${mark('consumer_group: silver, ', 'silver')}${mark('consumer_group: silver, route: r, ', 'silver on r')}`,
    );
    const from = async (target: string, apikey: string): Promise<string | null> => (await ask(gateway, target, { apikey })).headers.get('x-from');
    expect(await from('/other', 'ann')).toBe('gold');
    expect(await from('/r', 'ann')).toBe('silver on r');
    expect(await from('/far', 'bob')).toBe('silver');
    expect(await from('/r', 'eve')).toBe(null);
  });

  it('lets a group have a plugin that others do not have, in every phase', async () => {
    await using gateway = await start(`${base}  - { name: request-termination, consumer_group: silver, config: { status_code: 418 } }\n`);
    expect((await ask(gateway, '/r', { apikey: 'bob' })).status).toBe(418);
    expect((await ask(gateway, '/r', { apikey: 'eve' })).status).toBe(200);
  });

  it.each([
    ['nested, as decK writes them', 'consumer_groups: [{ name: gold, plugins: [PLUGIN] }]\nconsumers: [{ CONSUMER, groups: [{ name: gold }] }]'],
    [
      'at the top',
      'consumer_groups: [{ name: gold }]\nplugins: [{ consumer_group: gold, MORE }]\nconsumers: [{ CONSUMER, groups: [{ name: gold }] }]',
    ],
    [
      'as Kong exports them',
      'consumer_groups: [{ name: gold }]\nconsumer_group_plugins: [{ consumer_group: gold, MORE }]\nconsumers: [{ CONSUMER }]\nconsumer_group_consumers: [{ consumer: ann, consumer_group: gold }]',
    ],
    ['with consumers inside', 'consumer_groups: [{ name: gold, plugins: [PLUGIN], consumers: [{ username: ann }] }]\nconsumers: [{ CONSUMER }]'],
  ])('are read %s', async (_, text) => {
    const more = 'name: request-termination, config: { status_code: 418 }';
    const filled = text
      .replace('PLUGIN', `{ ${more} }`)
      .replace('MORE', more)
      .replace('CONSUMER', 'username: ann, keyauth_credentials: [{ key: ann }]');
    await using gateway = await start(`services: [{ url: http://s.internal, routes: [{ paths: [/], plugins: [{ name: key-auth }] }] }]\n${filled}\n`);
    expect((await ask(gateway, '/', { apikey: 'ann' })).status).toBe(418);
  });

  it('must be there where a plugin names one', async () => {
    expect(await said('consumer_groups: [{ name: gold }]\nplugins:\n  - { name: key-auth, consumer_group: golt }\n')).toEqual([
      'error 4 DG1205 there is no consumer group "golt"',
    ]);
  });

  it('leave nothing unsaid', async () => {
    const { ledger } = await read(`${base}${mark('consumer_group: gold, ', 'gold')}`);
    expect(ledger.counts().unknown).toBe(0);
  });
});
