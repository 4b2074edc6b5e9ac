import { expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

const route = 'routes: [{ name: alone, paths: [/alone] }]\n';

it('asks the plugins of a route without a service before it says that there is none', async () => {
  await using node = await startWith('[{ name: request-termination, route: alone, config: { status_code: 418 } }]', { rest: route });
  expect((await node.gateway.fetch(asking('/alone'))).status).toBe(418);
  await using bare = await startWith('[]', { rest: route });
  const answer = await bare.gateway.fetch(asking('/alone'));
  expect([answer.status, await answer.json()]).toMatchObject([503, { message: 'no Service found with those values' }]);
});
