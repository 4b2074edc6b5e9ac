// Jest's default mode: CommonJS, no flags.
const { createGateway } = require('devgateway');

let gateway;
beforeAll(async () => {
  const orders = async (request) => Response.json({ for: request.headers.get('x-user') });
  gateway = await createGateway({ config: 'devgateway.yaml', folder: __dirname, upstreams: { 'orders.internal:8080': orders } });
});
afterEach(() => gateway.reset());
afterAll(() => gateway.close());

const ask = (token) => fetch(`${gateway.url}/orders/7`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

test('orders go on with the name of the caller', async () => {
  expect(await (await ask(await gateway.token({ sub: 'ann' }))).json()).toEqual({ for: 'ann' });
  const [exchange] = await gateway.traffic.waitFor({ path: '/orders/7' });
  expect(exchange).toTakeRoute('orders');
  expect(exchange).toBeForwarded({ 'X-User': 'ann' });
});

test('orders are refused with a token that has expired, before anybody is asked', async () => {
  await ask(await gateway.token({}, { broken: 'expired' }));
  const [exchange] = await gateway.traffic.waitFor();
  expect(exchange).toBeRefusedBy('jwt');
  expect(exchange).not.toBeForwarded();
  expect(gateway).toHaveSeen({ status: 401 }, 1);
});
