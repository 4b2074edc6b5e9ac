// node test/bench/kong-routes.mjs: a kong.yml with 10,000 routes: how long it takes to start, and what a match costs beside 10 routes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { behaviour } from '../../src/dialects/kong/behaviour.ts';
import { dialects } from '../../src/dialects/index.ts';
import { Exchange } from '../../src/engine/exchange.ts';
import { MessageBody } from '../../src/engine/message-body.ts';
import { load } from '../../src/gateway/load.ts';
import { Fields } from '../../src/http/fields.ts';
import { createGateway } from '../../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-routes-'));
const shapes = {
  'prefix paths': (at) => [`paths: [/service-${at}/orders]`, `/service-${at}/orders/7`, 'bench.test'],
  'distinct hosts': (at) => [`hosts: [h${at}.test], paths: [/orders]`, '/orders/7', `h${at}.test`],
  'regular expressions': (at) => [`paths: ['~/service-${at}/orders/(?<id>\\d+)$']`, `/service-${at}/orders/7`, 'bench.test'],
};
const write = (shape, count) => {
  let text = "_format_version: '3.0'\nservices:\n";
  for (let at = 0; at < count; at += 10) {
    text += `- name: s${at}\n  url: http://s${at}.internal\n  plugins: [{ name: key-auth }]\n  routes:\n`;
    for (let next = at; next < Math.min(count, at + 10); next += 1) text += `  - { name: r${next}, ${shapes[shape](next)[0]} }\n`;
  }
  writeFileSync(path.join(folder, 'kong.yml'), text);
};
const median = (values) => values.toSorted((x, y) => x - y)[values.length >> 1];

write('prefix paths', 10_000);
const starts = [];
for (let round = 0; round < 5; round += 1) {
  const startedAt = performance.now();
  const gateway = await createGateway({ config: 'kong.yml', folder, upstreams: { '*': 'echo:' }, watch: false, logLevel: 'silent' });
  starts.push(performance.now() - startedAt);
  await gateway.close();
}
console.log(`createGateway with 10,000 routes: first ${starts[0].toFixed(0)} ms, median ${median(starts).toFixed(0)} ms`);

/** Ten requests, each for another route, spread over all of them. */
async function askTen(shape, count) {
  write(shape, count);
  const { gateway } = await load({ config: 'kong.yml', dialect: undefined, folder, options: { variables: {}, env: {} } }, dialects);
  const { matcher, routes } = gateway.sites[0];
  const match = behaviour.kit.matchers.find(({ kind }) => kind === matcher.kind).build(matcher.options, routes, {});
  const asked = Array.from({ length: 10 }, (_, at) => {
    const route = Math.floor((at * (count - 1)) / 9);
    const [, target, host] = shapes[shape](route);
    const ask = () =>
      match(
        new Exchange({
          arrived: { method: 'GET', target, httpVersion: '1.1', headers: new Fields(['Host', host]) },
          connection: { remoteAddress: '127.0.0.1', remotePort: 1, secure: false },
          listener: { name: 'proxy', port: 8000, protocol: 'http' },
          startedAt: 0,
          body: new MessageBody(null),
        }),
      );
    if (ask().route?.id !== `r${route}`) throw new Error(`${target} took another route`);
    return ask;
  });
  return () => {
    const startedAt = performance.now();
    for (let round = 0; round < 20_000; round += 1) for (const ask of asked) ask();
    return ((performance.now() - startedAt) * 1e6) / 200_000;
  };
}
for (const shape of Object.keys(shapes)) {
  const [few, many] = [await askTen(shape, 10), await askTen(shape, 10_000)];
  const [a, b] = [[], []];
  for (let round = 0; round < 7; round += 1) {
    a.push(few());
    b.push(many());
  }
  console.log(
    `${shape}: ${median(a).toFixed(0)} ns with 10 routes, ${median(b).toFixed(0)} ns with 10,000, ratio ${(median(b) / median(a)).toFixed(2)}`,
  );
}
rmSync(folder, { recursive: true });
