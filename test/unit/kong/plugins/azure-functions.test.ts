import { expect, it } from 'vitest';
import { startWith } from './start-traced.ts';

const plugin = '[{ name: azure-functions, config: { appname: my-app, functionname: /hello/, apikey: k, clientid: c } }]';

it('asks the function app, with its keys, and gives its answer', async () => {
  const app = async (request: Request): Promise<Response> =>
    Response.json(
      { url: request.url, method: request.method, body: await request.text(), headers: Object.fromEntries(request.headers) },
      { status: 201 },
    );
  await using node = await startWith(plugin, { upstreams: { 'my-app.azurewebsites.net': app } });
  const answer = await node.gateway.fetch(new Request('http://localhost/x?a=1%202', { method: 'POST', headers: { 'x-one': '1' }, body: 'hi' }));
  expect(answer.status).toBe(201);
  expect(answer.headers.get('via')).toContain('kong/');
  expect(await answer.json()).toMatchObject({
    url: expect.stringMatching(/\/api\/hello\?a=1%202$/),
    method: 'POST',
    body: 'hi',
    headers: { 'x-functions-key': 'k', 'x-functions-clientid': 'c', 'x-one': '1', host: 'my-app.azurewebsites.net' },
  });
});

it('asks nobody where the app is not mapped', async () => {
  await using node = await startWith(plugin);
  const answer = await node.gateway.fetch(new Request('http://localhost/'));
  expect([answer.status, await answer.json()]).toEqual([500, { message: 'An unexpected error ocurred' }]);
  await expect(startWith('[{ name: azure-functions, config: {} }]')).rejects.toMatchObject({ code: 'DG1204' });
});
