import { expect, it } from 'vitest';
import { answer, ruleOf } from './rule.ts';

const backend = 'backendRefs: [{ name: a }]';

it('a rewrite changes Host and path, and leaves the query', async () => {
  const rule = ruleOf(
    `
filters: [{ type: URLRewrite, urlRewrite: { hostname: b.test, path: { type: ReplacePrefixMatch, replacePrefixMatch: /new } } }]
${backend}`,
    { prefix: '/old' },
  );
  await rule.send('/old/x?q=1');
  expect(rule.asked[0]).toMatchObject({ target: '/new/x?q=1', upstream: 'shop/a:80' });
  expect(rule.asked[0]!.headers.getAll('host')).toEqual(['b.test']);
});

it('a whole path is replaced', async () => {
  const rule = ruleOf(`
filters: [{ type: URLRewrite, urlRewrite: { path: { type: ReplaceFullPath, replaceFullPath: /only } } }]
${backend}`);
  await rule.send('/old/x?q=1');
  expect(rule.asked[0]!.target).toBe('/only?q=1');
  expect(rule.asked[0]!.headers.get('host')).toBe('a.test');
});

const modifier = '{ set: [{ name: X-Set, value: new }, { name: x-set, value: later }], add: [{ name: X-Add, value: b }], remove: [X-Gone] }';

it('fields of requests are set, added and removed', async () => {
  const rule = ruleOf(`filters: [{ type: RequestHeaderModifier, requestHeaderModifier: ${modifier} }]\n${backend}`);
  await rule.send('/', { headers: ['x-set', 'old', 'x-add', 'a', 'x-gone', '1'] });
  const { headers } = rule.asked[0]!;
  expect([headers.getAll('x-set'), headers.getAll('x-add'), headers.has('x-gone')]).toEqual([['new'], ['a,b'], false]);
});

it('fields of answers are set, added and removed; those of the backend first', async () => {
  const rule = ruleOf(
    `filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: ${modifier} }]
backendRefs:
  - { name: a, filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: X-Add, value: own }] } }] }`,
    { answer: () => answer(200, ['x-set', 'old', 'x-add', 'a', 'X-Gone', '1']) },
  );
  const { headers } = await rule.send();
  expect([headers.getAll('x-set'), headers.getAll('x-add'), headers.has('x-gone')]).toEqual([['new'], ['own,b'], false]);
});

it('cookies are added as fields of their own', async () => {
  const rule = ruleOf(
    `filters: [{ type: ResponseHeaderModifier, responseHeaderModifier: { add: [{ name: Set-Cookie, value: b=2 }] } }]\n${backend}`,
    { answer: () => answer(200, ['Set-Cookie', 'a=1']) },
  );
  expect((await rule.send()).headers.getAll('set-cookie')).toEqual(['a=1', 'b=2']);
});

it('a filter that is not known answers 500 and is told', async () => {
  const rule = ruleOf(`filters: [{ type: ExtensionRef, extensionRef: { group: x.test, kind: Auth, name: a } }]\n${backend}`);
  expect((await rule.send()).status).toBe(500);
  expect(rule.asked).toEqual([]);
  expect(rule.ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1208', severity: 'warning' })]);
});
