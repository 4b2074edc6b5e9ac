import { expect, it } from 'vitest';
import { ask, echo, kongNode, refusal, serviceWith } from './kong-node.ts';

it('keeps responses as proxy-cache does, and does not claim to be the same', async () => {
  await using gateway = await kongNode(
    serviceWith('{ name: proxy-cache-advanced, config: { strategy: redis, redis: { host: redis.internal }, bypass_on_err: true, cache_ttl: 5 } }'),
    { '*': echo },
  );
  const states: (string | null)[] = [];
  for (const wait of [0, 0, 6_000]) {
    await gateway.clock.advance(wait);
    const answer = await ask(gateway, '/');
    await answer.text();
    states.push(answer.headers.get('x-cache-status'));
  }
  expect(states).toEqual(['Miss', 'Hit', 'Miss']);
  const leaves = gateway.fidelity.leaves.filter((one) => one.pointer.includes('/plugins/0/config/'));
  expect(leaves.map((one) => one.verdict)).toEqual(['approximated', 'ignored', 'ignored', 'approximated']);
});

it('is refused without a strategy', async () => {
  expect(await refusal(serviceWith('{ name: proxy-cache-advanced }'))).toMatch(/has no strategy/);
});
