// node test/bench/match.mjs: the native matcher with 10,000 static and parameter routes beside 10 of them.
import { nativeMatcher } from '../../src/dialects/native/match.ts';
import { readPath, segmentsSlot } from '../../src/dialects/native/arrival.ts';
import { Exchange } from '../../src/engine/exchange.ts';
import { MessageBody } from '../../src/engine/message-body.ts';
import { Fields } from '../../src/http/fields.ts';

const shapes = [
  (at) => [`/service-${at}/orders`, `/service-${at}/orders`],
  (at) => [`/service-${at}/orders/{id}`, `/service-${at}/orders/77`],
  (at) => [`/service-${at}/orders/{id}/lines/{line}`, `/service-${at}/orders/77/lines/3`],
  (at) => [`/service-${at}/files/*`, `/service-${at}/files/a/b`],
];
const when = { hosts: [], methods: [], headers: [], query: [], preflight: false };
const listener = { name: 'default', port: 80, protocol: 'http' };
const headers = new Fields(['Host', 'bench.test']);

function matcherOf(count) {
  const pairs = Array.from({ length: count }, (_, at) => shapes[at % shapes.length](at));
  const routes = pairs.map(([path], at) => ({ id: String(at), when: { ...when, paths: [path] }, label: { match: path, upstream: '' } }));
  const match = nativeMatcher.build(null, routes, {});
  const asked = pairs.map(([, target], at) => {
    const exchange = new Exchange({
      arrived: { method: 'GET', target, httpVersion: '1.1', headers },
      connection: { remoteAddress: '127.0.0.1', remotePort: 1, secure: false },
      listener,
      startedAt: 0,
      body: new MessageBody(null),
    });
    exchange.write(segmentsSlot, readPath(target).segments);
    if (match(exchange).route.id !== String(at)) throw new Error(`${target} took another route`);
    return exchange;
  });
  return { match, asked };
}

const few = matcherOf(10);
const many = matcherOf(10_000);
// The same number of different requests for both: then only the number of routes differs, not that of the texts in the machine's cache.
const tenOfMany = { match: many.match, asked: many.asked.filter((_, at) => at % 1_111 === 0) };
function nanoseconds({ match, asked }) {
  const startedAt = performance.now();
  const rounds = 1_000_000 / asked.length;
  for (let round = 0; round < rounds; round += 1) for (const exchange of asked) match(exchange);
  return ((performance.now() - startedAt) * 1e6) / (rounds * asked.length);
}
const [a, b, c] = [[], [], []];
for (let round = 0; round < 7; round += 1) {
  a.push(nanoseconds(few));
  b.push(nanoseconds(tenOfMany));
  c.push(nanoseconds(many));
}
const median = (values) => values.toSorted((x, y) => x - y)[values.length >> 1];
console.log(
  `a match: ${median(a).toFixed(0)} ns with 10 routes, ${median(b).toFixed(0)} ns with 10,000, ratio ${(median(b) / median(a)).toFixed(2)}`,
);
console.log(`with 10,000 different requests: ${median(c).toFixed(0)} ns, ratio ${(median(c) / median(a)).toFixed(2)}`);
