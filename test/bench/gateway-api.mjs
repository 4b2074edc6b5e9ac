// node test/bench/gateway-api.mjs: 1,000 HTTPRoutes over 50 Gateways: how long they take to start, and what a match costs beside
// 10 routes, also where all of them stand on one listener.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { behaviour } from '../../src/dialects/gateway-api/behaviour.ts';
import { dialects } from '../../src/dialects/index.ts';
import { Exchange } from '../../src/engine/exchange.ts';
import { MessageBody } from '../../src/engine/message-body.ts';
import { load } from '../../src/gateway/load.ts';
import { Fields } from '../../src/http/fields.ts';
import { createGateway } from '../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-gateway-api-'));
const object = (kind, name, spec, group = 'gateway.networking.k8s.io/v1') =>
  `apiVersion: ${group}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: shop\nspec:\n${spec}---\n`;
const prefix = (at) => `      - path: { type: PathPrefix, value: /service-${at}/orders }\n`;
/** Of a route: its hosts, its matches, and a request that it alone takes. */
const shapes = {
  'several matches': (at) => ({
    hosts: `[s${at % 7}.bench.test, '*.s${at % 7}.bench.test']`,
    matches: `      - path: { type: Exact, value: /service-${at} }\n${prefix(at)}      - path: { type: PathPrefix, value: /service-${at}/beta }\n        headers: [{ name: x-beta, value: "yes" }]\n        method: GET\n`,
    ask: [`/service-${at}/orders/7`, `s${at % 7}.bench.test`],
  }),
  'prefixes of one host': (at) => ({ hosts: '[bench.test]', matches: prefix(at), ask: [`/service-${at}/orders/7`, 'bench.test'] }),
  'exact paths of one host': (at) => ({
    hosts: '[bench.test]',
    matches: `      - path: { type: Exact, value: /service-${at}/orders/7 }\n`,
    ask: [`/service-${at}/orders/7`, 'bench.test'],
  }),
  'values of a field on one path': (at) => ({
    hosts: '[bench.test]',
    matches: `      - path: { value: /orders }\n        headers: [{ name: x-tenant, value: t${at} }]\n`,
    ask: ['/orders/7', 'bench.test', ['x-tenant', `t${at}`]],
  }),
  'regular expressions': (at) => ({
    hosts: '[bench.test]',
    matches: `      - path: { type: RegularExpression, value: '/service-${at}/orders/[0-9]+' }\n`,
    ask: [`/service-${at}/orders/7`, 'bench.test'],
  }),
  'distinct hosts': (at) => ({ hosts: `[h${at}.bench.test]`, matches: prefix(0), ask: ['/service-0/orders/7', `h${at}.bench.test`] }),
  'distinct wildcards': (at) => ({ hosts: `['*.h${at}.bench.test']`, matches: prefix(0), ask: ['/service-0/orders/7', `a.h${at}.bench.test`] }),
};
/** `count` routes, spread over `gateways`. */
const write = (shape, count, gateways) => {
  let text = '';
  for (let at = 0; at < gateways; at += 1)
    text += object('Gateway', `g${at}`, '  gatewayClassName: any\n  listeners:\n  - { name: http, port: 80, protocol: HTTP }\n');
  for (let at = 0; at < count; at += 1) {
    const { hosts, matches } = shapes[shape](at);
    text += object('Service', `s${at}`, '  ports:\n  - { port: 8080, targetPort: 80 }\n', 'v1');
    text += object(
      'HTTPRoute',
      `r${at}`,
      `  parentRefs:\n  - { name: g${at % gateways} }\n  hostnames: ${hosts}\n  rules:\n  - matches:\n${matches}    backendRefs:\n    - { name: s${at}, port: 8080 }\n`,
    );
  }
  writeFileSync(path.join(folder, 'all.yaml'), text);
};
const median = (values) => values.toSorted((x, y) => x - y)[values.length >> 1];
const input = { config: 'all.yaml', dialect: undefined, folder, options: { variables: {}, env: {} } };

for (const [count, gateways] of [
  [1000, 50],
  [1000, 1],
]) {
  write('several matches', count, gateways);
  const [starts, loads] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    let startedAt = performance.now();
    await load(input, dialects);
    loads.push(performance.now() - startedAt);
    startedAt = performance.now();
    const gateway = await createGateway({ config: 'all.yaml', folder, upstreams: { '*': 'echo:' }, port: 0, watch: false, logLevel: 'silent' });
    starts.push(performance.now() - startedAt);
    await gateway.close();
  }
  console.log(
    `${count} HTTPRoutes over ${gateways} Gateway(s): createGateway first ${starts[0].toFixed(0)} ms, median ${median(starts).toFixed(0)} ms, ` +
      `of which reading ${median(loads).toFixed(0)} ms`,
  );
}

/** Ten requests, each for another route, spread over all of them. */
async function askTen(shape, count, gateways) {
  write(shape, count, gateways);
  const { gateway } = await load(input, dialects);
  const { kind } = gateway.sites[0].matcher;
  const matchers = gateway.sites.map(({ matcher, routes }) =>
    behaviour.kit.matchers.find((one) => one.kind === kind).build(matcher.options, routes, {}),
  );
  const asked = Array.from({ length: 10 }, (_, at) => {
    const route = Math.floor((at * (count - 1)) / 9);
    const match = matchers[route % gateways];
    const [target, host, fields = []] = shapes[shape](route).ask;
    const ask = () =>
      match(
        new Exchange({
          arrived: { method: 'GET', target, httpVersion: '1.1', headers: new Fields(['Host', host, ...fields]) },
          connection: { remoteAddress: '127.0.0.1', remotePort: 1, secure: false },
          listener: { name: 'http', port: 80, protocol: 'http' },
          startedAt: 0,
          body: new MessageBody(null),
        }),
      );
    if (!ask().route?.id.includes(`shop/r${route}/`)) throw new Error(`${target} took another route`);
    return ask;
  });
  return () => {
    const startedAt = performance.now();
    for (let round = 0; round < 5000; round += 1) for (const ask of asked) ask();
    return ((performance.now() - startedAt) * 1e6) / 50_000;
  };
}
for (const [shape, gateways] of [['several matches', 50], ...Object.keys(shapes).map((one) => [one, 1])]) {
  const [few, many] = [await askTen(shape, 10, 1), await askTen(shape, 1000, gateways)];
  const [a, b] = [[], []];
  for (let round = 0; round < 9; round += 1) {
    a.push(few());
    b.push(many());
  }
  console.log(
    `${shape}, ${gateways} Gateway(s): ${median(a).toFixed(0)} ns with 10 routes, ${median(b).toFixed(0)} ns with 1,000, ratio ${(median(b) / median(a)).toFixed(2)}`,
  );
}
rmSync(folder, { recursive: true });
