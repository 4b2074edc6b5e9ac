// An Express app behind the gateway chain, asked by supertest: node --test
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createGateway } from 'devgateway';
import express from 'express';
import request from 'supertest';

const orders = express();
orders.use(express.json());
orders.get('/orders/:id', (req, res) => res.json({ id: req.params.id, through: req.get('x-gateway') }));
orders.post('/orders', (req, res) => res.status(201).json(req.body));

let gateway;
before(async () => {
  gateway = await createGateway({ config: 'devgateway.yaml', folder: import.meta.dirname, upstreams: { 'orders.internal:8080': orders } });
});
beforeEach(() => gateway.reset());
after(() => gateway.close());

test('the app is asked through the gateway', () =>
  request(gateway.listener).get('/api/orders/7').set('X-Api-Key', 'test-key').expect(200, { id: '7', through: 'devgateway' }));

test('a body comes through', () =>
  request(gateway.listener).post('/api/orders').set('X-Api-Key', 'test-key').send({ item: 'tea' }).expect(201, { item: 'tea' }));

test('the gateway refuses before the app is asked', async () => {
  await request(gateway.listener).get('/api/orders/7').expect(401);
  const [exchange] = await gateway.traffic.waitFor({ status: 401 });
  assert.equal(exchange.upstreamRequest, null);
});

test('a limit of an hour takes no hour', async () => {
  gateway.clock.freeze();
  const ask = () => request(gateway.listener).get('/api/orders/7').set('X-Api-Key', 'test-key');
  for (let at = 0; at < 3; at += 1) await ask().expect(200);
  await ask().expect(429);
  await gateway.clock.advance(3_600_000);
  await ask().expect(200);
});

test('within an app that has routes of its own', async () => {
  const app = express();
  app.get('/health', (_req, res) => res.send('fine'));
  app.use(gateway.middleware());
  app.use((_req, res) => res.status(404).send('nobody knows it'));
  await request(app).get('/health').expect(200, 'fine');
  await request(app).get('/api/orders/7').set('X-Api-Key', 'test-key').expect(200);
  await request(app).get('/api/orders/7').expect(401);
  await request(app).get('/other').expect(404, 'nobody knows it');
});
