import { expect, it } from 'vitest';
import { manifests } from './one-route.ts';
import { answer, noConnection, ruleOf } from './rule.ts';

const mirror = (settings: string): string => `{ type: RequestMirror, requestMirror: ${settings} }`;
const rule = (filters: string) => ruleOf(`filters: [${filters}]\nbackendRefs: [{ name: a }]`);

it('every mirror gets the request as the other filters have made it', async () => {
  const set = '{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-A, value: "1" }] } }';
  const one = rule(`${mirror('{ backendRef: { name: b } }')}, ${mirror('{ backendRef: { name: c, port: 81 } }')}, ${set}`);
  await one.send('/x?q=1', { method: 'POST', body: 'hello' });
  expect(one.asked.map(({ upstream }) => upstream).sort()).toEqual(['shop/a:80', 'shop/b:80', 'shop/c:81']);
  for (const { method, target, headers, body } of one.asked)
    expect([method, target, headers.get('x-a'), body]).toEqual(['POST', '/x?q=1', '1', 'hello']);
});

it.each([
  ['percent: 35', 35],
  ['percent: 0', 0],
  ['fraction: { numerator: 1, denominator: 4 }', 25],
  ['fraction: { numerator: 20 }', 20],
])('%s: %i of a hundred requests are mirrored', async (share, count) => {
  const one = rule(mirror(`{ backendRef: { name: b }, ${share} }`));
  for (let at = 0; at < 100; at += 1) await one.send();
  expect(one.asked.filter(({ upstream }) => upstream === 'shop/b:80')).toHaveLength(count);
});

it('what a mirror answers, or that it does not, is nobody\u2019s', async () => {
  for (const of of [answer(500), noConnection]) {
    const one = ruleOf(`filters: [${mirror('{ backendRef: { name: b } }')}]\nbackendRefs: [{ name: a }]`, {
      answer: ({ upstream }) => (upstream === 'shop/b:80' ? of : answer(200)),
    });
    expect((await one.send()).status).toBe(200);
  }
});

it('a mirror that leads nowhere is told and left out', async () => {
  const one = rule(mirror('{ backendRef: { name: gone } }'));
  expect((await one.send()).status).toBe(200);
  expect(one.ledger.diagnostics).toEqual([expect.objectContaining({ code: 'DG1205', severity: 'warning' })]);
});

it('a body of unknown length is mirrored as it has passed, and nothing waits for the mirror', async () => {
  const copied: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const backends = {
    a: async (request: Request) => new Response(`got ${await request.text()}`),
    b: async (request: Request) => (copied.push(await request.text()), await held, new Response('', { status: 500 })),
  };
  const filters = `filters: [${mirror('{ backendRef: { name: b, port: 80 } }')}, ${mirror('{ backendRef: { name: none, port: 80 } }')}]`;
  await using gateway = await manifests(`rules: [{ ${filters}, backendRefs: [{ name: a, port: 80 }] }]`, { backends });
  const pieces = ['one ', 'two ', 'three'];
  const body = new ReadableStream({
    pull: (controller) => {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(Buffer.from(piece));
    },
  });
  const answered = await fetch(gateway.url, { method: 'POST', body, duplex: 'half' });
  expect(await answered.text()).toBe('got one two three');
  await expect.poll(() => copied).toEqual(['one two three']);
  release();
});

it('a redirect mirrors nothing', async () => {
  const one = ruleOf(`filters: [${mirror('{ backendRef: { name: b } }')}, { type: RequestRedirect, requestRedirect: {} }]`);
  expect((await one.send()).status).toBe(302);
  expect(one.asked).toEqual([]);
});
