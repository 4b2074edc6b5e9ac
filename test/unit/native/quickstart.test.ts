import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createGateway } from '../../../src/index.ts';

const folder = fileURLToPath(new URL('../../../recipes/quickstart/', import.meta.url));

it('the quickstart does what its README says, with the token of its README', async () => {
  const token = /^TOKEN=(\S+)$/m.exec(readFileSync(`${folder}README.md`, 'utf8'))?.[1] ?? '';
  await using gateway = await createGateway({ config: 'devgateway.yaml', folder });
  gateway.clock.freeze();
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => gateway.fetch(new Request(`http://localhost${path}`, init));
  const authorization = `Bearer ${token}`;

  const refused = await ask('/api/orders/7');
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);

  const shown = await ask('/api/orders/7', { headers: { authorization } });
  expect(await shown.json()).toMatchObject({ orderPath: '/orders/7', placedBy: 'ann' });
  expect([shown.status, shown.headers.get('ratelimit')?.includes('r=4'), shown.headers.has('ratelimit-policy')]).toEqual([200, true, true]);

  const body = JSON.stringify({ unitPrice: 3 });
  const placed = await ask('/api/orders', { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body });
  expect(await placed.json()).toMatchObject({ receivedKeys: ['unit_price'], unitPrice: 3 });

  for (let left = 3; left > 0; left -= 1) expect((await ask('/api/orders/7', { headers: { authorization } })).status).toBe(200);
  const over = await ask('/api/orders/7', { headers: { authorization } });
  expect([over.status, over.headers.has('retry-after')]).toEqual([429, true]);

  const moved = await ask('/orders/7');
  expect([moved.status, moved.headers.get('location')]).toEqual([308, '/api/orders/7']);
  const wrong = await ask('/api/orders/7', { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST']);
  expect(await (await ask('/health')).json()).toEqual({ status: 'up' });
});
