import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { conflictsOf, type Claim, type Conflict } from '../../../src/dialects/gateway-api/listeners/conflicts.ts';
import { intersection } from '../../../src/dialects/gateway-api/matching/hostnames.ts';
import { byAge, byPrecedence, type Ordered } from '../../../src/dialects/gateway-api/matching/precedence.ts';
import { ask, check, gatewayWith, listener, manifest, route, serve, service } from './manifests.ts';

const set = (name: string, listeners: readonly string[], created?: string): string =>
  manifest('ListenerSet', name, `{ parentRef: { name: public }, listeners: [${listeners.join(', ')}] }`, created === undefined ? {} : { created });
const open = 'allowedListeners: { namespaces: { from: Same } },';
const on = (name: string, hostname: string, protocol = 'HTTP', port = 80): string =>
  listener(name, `port: ${port}, protocol: ${protocol}, hostname: '${hostname}'${protocol === 'TLS' ? ', tls: { mode: Passthrough }' : ''}`);

describe('listeners of one object that nobody can tell apart', () => {
  it.each([
    ['one host', [on('one', 'x.test'), on('two', 'x.test')], 'True HostnameConflict'],
    ['every host', [listener('one'), listener('two')], 'True HostnameConflict'],
    ['HTTP beside TLS', [on('one', 'x.test'), on('two', 'y.test', 'TLS')], 'True ProtocolConflict'],
    ['HTTPS beside TLS with one host', [on('one', 'x.test', 'HTTPS'), on('two', 'x.test', 'TLS')], 'True ProtocolConflict'],
  ])('are not accepted, none of them: %s', async (_, listeners, conflicted) => {
    const found = await check(gatewayWith([...listeners, on('ok', 'ok.test', 'HTTP', 8080)]));
    for (const name of ['one', 'two'])
      expect(found.conditions(`Gateway shop/public, listener ${name}`)).toMatchObject({
        Accepted: 'False Invalid',
        Programmed: 'False Invalid',
        Conflicted: conflicted,
      });
    expect(found.conditions('Gateway shop/public, listener ok')).toMatchObject({ Programmed: 'True Programmed', Conflicted: 'False NoConflicts' });
    expect(found.conditions('Gateway shop/public')).toMatchObject({ Accepted: 'True ListenersNotValid' });
    expect(found.diagnostics.filter(({ code }) => code === 'DG1206')).toHaveLength(2);
  });

  it('may share a port by their hosts, TLS and HTTPS too', async () => {
    const found = await check(gatewayWith([on('one', 'x.test', 'TLS'), on('two', 'y.test', 'TLS'), on('three', 'z.test', 'HTTPS')]));
    for (const name of ['one', 'two', 'three'])
      expect(found.conditions(`Gateway shop/public, listener ${name}`)).toMatchObject({ Accepted: 'True Accepted', Conflicted: 'False NoConflicts' });
  });

  it('serve nobody', async () => {
    const routes = [service('a'), service('b'), route('r', 'a', 'parentRefs: [{ name: public, sectionName: one }]'), route('s', 'b')];
    await using gateway = await serve([gatewayWith([on('one', 'x.test'), on('two', 'x.test'), on('ok', 'ok.test')]), ...routes]);
    expect([await ask(gateway, 'http://x.test/'), await ask(gateway, 'http://ok.test/')]).toEqual(['404', 'shop/b']);
  });
});

describe('ListenerSets', () => {
  it('come after their Gateway, the older one first, whatever the order of the files', async () => {
    const parts = [
      gatewayWith([on('own', 'own.test')], open),
      set('young', [on('one', 'own.test'), on('two', 'set.test'), on('three', 'young.test')], '2026-02-01T00:00:00Z'),
      set('old', [on('one', 'own.test'), on('two', 'set.test')], '2026-01-01T00:00:00Z'),
      set('unaged', [on('two', 'set.test')]),
    ];
    for (const order of [parts, parts.toReversed()]) {
      const found = await check(...order);
      const conflicted = (owner: string, name: string): string | undefined => found.conditions(`${owner}, listener ${name}`)['Conflicted'];
      expect(conflicted('Gateway shop/public', 'own')).toBe('False NoConflicts');
      expect(['one', 'two'].map((name) => conflicted('ListenerSet shop/old', name))).toEqual(['True HostnameConflict', 'False NoConflicts']);
      expect(['one', 'two', 'three'].map((name) => conflicted('ListenerSet shop/young', name))).toEqual([
        'True HostnameConflict',
        'True HostnameConflict',
        'False NoConflicts',
      ]);
      expect(found.conditions('ListenerSet shop/young')).toMatchObject({ Accepted: 'True ListenersNotValid', Programmed: 'True Programmed' });
      expect(found.conditions('ListenerSet shop/unaged')).toMatchObject({
        Accepted: 'False ListenersNotValid',
        Programmed: 'False ListenersNotValid',
      });
      expect(found.statuses.find(({ subject }) => subject === 'Gateway shop/public')?.facts).toEqual({ attachedListenerSets: 2 });
    }
  });

  it.each([
    ['port: 0, protocol: HTTP', 'False PortUnavailable'],
    ['protocol: HTTP', 'False PortUnavailable'],
  ])('with %s have no port', async (spec, accepted) => {
    const found = await check(gatewayWith([on('own', 'own.test')], open), set('more', [listener('one', spec)]));
    expect(found.conditions('ListenerSet shop/more, listener one')).toMatchObject({ Accepted: accepted });
    expect(found.diagnostics).toMatchObject([{ code: 'DG1205', severity: 'warning' }]);
  });

  it('that are not allowed are not accepted, and routes on them have no listener', async () => {
    const found = await check(
      gatewayWith([on('own', 'own.test')]),
      set('more', [on('one', 'one.test')]),
      route('r', 'a', 'parentRefs: [{ name: more, kind: ListenerSet }]'),
    );
    expect(found.conditions('ListenerSet shop/more')).toMatchObject({ Accepted: 'False NotAllowed' });
    expect(found.conditions('HTTPRoute shop/r, under ListenerSet shop/more')).toMatchObject({ Accepted: 'False NoMatchingParent' });
    expect(found.fidelity.counts.unknown).toBe(0);
  });

  it('of no Gateway are not accepted', async () => {
    const found = await check(set('more', [on('one', 'one.test')]));
    expect(found.conditions('ListenerSet shop/more')).toMatchObject({ Accepted: 'False ParentNotAccepted' });
  });
});

describe('HTTPRoutes and GRPCRoutes with a host in common', () => {
  const grpc = (name: string, more = '', created?: string): string => route(name, 'b', more, created === undefined ? {} : { created }, 'GRPCRoute');
  const accepted = async (...parts: readonly string[]): Promise<string[]> => {
    const found = await check(gatewayWith([listener('http')]), service('a'), service('b'), ...parts);
    return found.statuses.flatMap(({ subject, conditions }) =>
      conditions.some(({ type, status }) => type === 'Accepted' && status === 'True') && /Route/.test(subject) ? [subject] : [],
    );
  };
  it('the older one is accepted, then the first by name', async () => {
    expect(await accepted(route('x', 'a'), grpc('y', '', '2026-01-01T00:00:00Z'))).toEqual(['GRPCRoute shop/y']);
    expect(await accepted(route('x', 'a', '', { created: '2025-01-01T00:00:00Z' }), grpc('y', '', '2026-01-01T00:00:00Z'))).toEqual([
      'HTTPRoute shop/x',
    ]);
    expect(await accepted(route('x', 'a'), grpc('y'))).toEqual(['HTTPRoute shop/x']);
    expect(await accepted(route('z', 'a'), grpc('y'))).toEqual(['GRPCRoute shop/y']);
  });
  it('what is refused takes nothing away from others', async () => {
    const found = await accepted(
      route('a', 'a', "hostnames: ['*.x.test']"),
      grpc('b', 'hostnames: [a.x.test, y.test]'),
      route('c', 'a', 'hostnames: [y.test]'),
    );
    expect(found).toEqual(['HTTPRoute shop/a', 'HTTPRoute shop/c']);
  });
  it('which of them does not depend on the order of the files', async () => {
    const hosts = fc.subarray(['a.test', 'b.test', "'*.b.test'", 'x.b.test']);
    const one = fc.record({ name: fc.constantFrom('x', 'y', 'z'), hosts, old: fc.boolean(), http: fc.boolean() });
    const made = ({ name, hosts: some, old, http }: { name: string; hosts: string[]; old: boolean; http: boolean }): string =>
      route(name, 'a', `hostnames: [${some.join(', ')}]`, old ? { created: '2026-01-01T00:00:00Z' } : {}, http ? 'HTTPRoute' : 'GRPCRoute');
    const different = fc.uniqueArray(one, { maxLength: 4, selector: ({ name, http }) => `${name} ${http}` });
    await fc.assert(
      fc.asyncProperty(different, async (routes) => {
        const parts = routes.map(made);
        expect((await accepted(...parts)).toSorted()).toEqual((await accepted(...parts.toReversed())).toSorted());
      }),
      { numRuns: 30 },
    );
  });
  it('both are accepted where they share none, or no listener', async () => {
    expect(await accepted(route('x', 'a', 'hostnames: [x.test]'), grpc('y', 'hostnames: [y.test]'))).toHaveLength(2);
    const found = await check(
      gatewayWith([on('one', 'one.test'), on('two', 'two.test')]),
      route('x', 'a', 'parentRefs: [{ name: public }]'),
      grpc('y', 'parentRefs: [{ name: public, sectionName: two }]', '2026-01-01T00:00:00Z'),
    );
    expect(found.conditions('HTTPRoute shop/x, under Gateway shop/public')).toMatchObject({ Accepted: 'True Accepted' });
    expect(found.diagnostics.filter(({ code }) => code === 'DG1206')).toMatchObject([{ message: expect.stringContaining('listener two') as string }]);
    expect(found.statuses.filter(({ about }) => about === 'listener').map(({ facts }) => facts['attachedRoutes'])).toEqual([1, 1]);
  });
  it('the other one does not answer', async () => {
    await using gateway = await serve([gatewayWith([listener('http')]), service('a'), service('b'), route('x', 'a'), grpc('y')]);
    expect(await ask(gateway, 'http://x.test/')).toBe('shop/a');
    expect(gateway.routes).toHaveLength(1);
  });
});

it('of routes on one listener the one that names the host more exactly goes before, also where the listener names it more exactly still', async () => {
  const aged = (name: string, hosts: string, created: string): string => route(name, name, `hostnames: [${hosts}]`, { created });
  await using gateway = await serve([
    gatewayWith([on('one', 'x.a.test'), on('two', '*.b.test')]),
    service('a'),
    service('b'),
    aged('a', "'*.a.test', '*.test'", '2025-01-01T00:00:00Z'),
    aged('b', "x.a.test, '*.b.test'", '2026-01-01T00:00:00Z'),
  ]);
  expect([await ask(gateway, 'http://x.a.test/'), await ask(gateway, 'http://x.b.test/')]).toEqual(['shop/b', 'shop/b']);
  expect([await ask(gateway, 'http://y.a.test/'), await ask(gateway, 'http://x.c.test/')]).toEqual(['404', '404']);
});

const host = fc.constantFrom('', 'a.x', 'b.x', '*.x', '*.a.x', 'x');
const claim: fc.Arbitrary<Claim> = fc.record({
  port: fc.constantFrom(80, 443),
  protocol: fc.constantFrom('http', 'https', 'tls'),
  hostname: host,
  rank: fc.integer({ min: 0, max: 2 }),
});

describe('conflicts of claims', () => {
  it('do not depend on their order', () => {
    const shuffled = fc
      .array(claim, { maxLength: 8 })
      .chain((claims) => fc.tuple(fc.constant(claims), fc.shuffledSubarray([...claims.keys()], { minLength: claims.length })));
    fc.assert(
      fc.property(shuffled, ([claims, order]) => {
        const wanted = conflictsOf(claims);
        const found = conflictsOf(order.map((at) => claims[at] as Claim));
        expect(found).toEqual(order.map((at) => wanted[at]));
      }),
    );
  });

  it('leave listeners that can be told apart, and take away only what could not be', () => {
    const clash = (a: Claim, b: Claim): boolean =>
      conflictsOf([
        { ...a, rank: 0 },
        { ...b, rank: 0 },
      ])[0] !== null;
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 8 }), (claims) => {
        const found = conflictsOf(claims);
        const left = claims.filter((_, at) => found[at] === null);
        for (const [at, one] of left.entries()) for (const other of left.slice(at + 1)) expect(clash(one, other)).toBe(false);
        for (const [at, one] of claims.entries())
          if (found[at] !== null) expect(claims.some((other, index) => index !== at && other.rank <= one.rank && clash(one, other))).toBe(true);
      }),
    );
  });

  it('are mutual in one object', () => {
    fc.assert(
      fc.property(claim, claim, (a, b) => {
        const found: (Conflict | null)[] = conflictsOf([a, { ...b, rank: a.rank }]);
        expect(found[0]).toBe(found[1]);
      }),
    );
  });
});

describe('hosts', () => {
  it('have an intersection that is the same from both sides, and each has itself', () => {
    fc.assert(
      fc.property(host, host, (one, other) => {
        expect(intersection(one, [other])).toEqual(intersection(other, [one]));
        expect(intersection(one, [one])).toEqual([one]);
        expect(intersection('', [one])).toEqual([one]);
      }),
    );
  });
  it('what is in an intersection is in both sides', () => {
    fc.assert(
      fc.property(host, fc.array(host, { maxLength: 3 }), (one, others) => {
        for (const common of intersection(one, others) ?? []) {
          expect(intersection(one, [common])).toEqual([common]);
          expect(others.length === 0 || others.some((other) => intersection(other, [common])?.[0] === common)).toBe(true);
        }
      }),
    );
  });
});

describe('precedence', () => {
  const ordered: fc.Arbitrary<Ordered> = fc.record({
    order: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 5 }),
    age: fc.constantFrom('', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
    name: fc.constantFrom('shop/a', 'shop/b', 'other/a'),
  });
  /** The same rule as a text that sorts: smaller numbers (0 where there is none), then older, then by name. */
  const key = ({ order, age, name }: Ordered): string => `${[0, 1, 2, 3, 4].map((at) => (order[at] ?? 0) + 5).join('')} ${age || '9'} ${name}`;

  it('is a total order, the one that a plain reading of the rule gives', () => {
    fc.assert(
      fc.property(ordered, ordered, ordered, (a, b, c) => {
        const sign = (x: Ordered, y: Ordered): number => Math.sign(byPrecedence(x, y));
        expect(sign(a, b)).toBe(key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
        if (key({ ...a, order: [] }) !== key({ ...b, order: [] })) expect(byAge(a, b)).not.toBe(0);
      }),
    );
  });
});
