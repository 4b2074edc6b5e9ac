import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../../src/dialects/kong/plugins/metrics.ts';
import { asking, startWith } from './start-traced.ts';

const all =
  '[{ name: prometheus, config: { per_consumer: true, status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true } }, { name: key-auth, config: {} }]';
const rest = 'consumers:\n  - { username: ann, keyauth_credentials: [{ key: a-key }] }\n';

describe('prometheus', () => {
  it('shows on the port of the Status API what has been counted', async () => {
    await using node = await startWith(all, { rest });
    node.gateway.clock.freeze();
    await node.sent({ apikey: 'a-key' });
    await node.sent({ apikey: 'a-key' });
    await node.gateway.fetch(asking('/'));
    const url = node.gateway.urlFor({ port: 8007 });
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=UTF-8');
    const lines = (await answer.text()).split('\n');
    expect(lines).toContain('kong_http_requests_total{service="s",route="r",code="200",source="service",consumer="ann"} 2');
    expect(lines).toContain('kong_http_requests_total{service="s",route="r",code="401",source="kong",consumer=""} 1');
    expect(lines).toContain('# TYPE kong_request_latency_ms histogram');
    expect(lines).toContain('kong_request_latency_ms_bucket{service="s",route="r",le="25"} 3');
    expect(lines).toContain('kong_request_latency_ms_bucket{service="s",route="r",le="+Inf"} 3');
    expect(lines).toContain('kong_upstream_latency_ms_count{service="s",route="r"} 2');
    expect(lines.some((line) => /^kong_bandwidth_bytes\{service="s",route="r",direction="egress",consumer="ann"\} \d{3,}$/.test(line))).toBe(true);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    // The proxy's port knows no such path.
    expect((await node.gateway.fetch(asking('/metrics'))).status).toBe(401);
  });

  it('counts only what it is told to, and for services only', async () => {
    await using node = await startWith('[{ name: prometheus, config: { status_code_metrics: true } }]', { paths: '/only' });
    await node.gateway.fetch(asking('/only'));
    await node.gateway.fetch(asking('/else'));
    const text = await (await fetch(`${node.gateway.urlFor({ port: 8007 })}/metrics`)).text();
    expect(text).toContain('kong_http_requests_total{service="s",route="r",code="200",source="service",consumer=""} 1');
    expect(text).not.toContain('404');
    expect(text).not.toContain('latency');
  });

  it.each([
    ['status_listen = 0.0.0.0:8100 reuseport backlog=16384\n', 8100],
    ['status_listen = 127.0.0.1:8543 ssl, 127.0.0.1:8101\n', 8101],
    ['status_listen = off\n', null],
  ])('listens where kong.conf says (%j)', async (conf, port) => {
    await using node = await startWith('[{ name: prometheus, config: {} }]', { conf });
    expect(node.gateway.listeners.filter((one) => one.name === 'status').map((one) => one.port)).toEqual(port === null ? [] : [port]);
  });

  it('opens no port where nobody measures', async () => {
    await using node = await startWith('[{ name: prometheus, enabled: false, config: {} }]');
    expect(node.gateway.listeners.map((one) => one.name)).toEqual(['proxy', 'proxy-tls']);
  });
});

it('buckets add up, whatever is observed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), (values) => {
      const metrics = new Metrics();
      for (const value of values) metrics.observe('kong_kong_latency_ms', [['service', 'a"b\\c\n']], value);
      const counts = [...metrics.render().matchAll(/_bucket\{service="a\\"b\\\\c\\n",le="[^"]+"\} (\d+)/g)].map(([, count]) => Number(count));
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(counts.at(-1) ?? 0).toBe(values.length);
    }),
  );
});
