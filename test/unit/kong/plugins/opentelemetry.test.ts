import { describe, expect, it } from 'vitest';
import { startWith } from './start-traced.ts';

const t = '7'.repeat(32);
const s = '8'.repeat(16);
const all = 'tracing_instrumentations = all\ntracing_sampling_rate = 1\n';

describe('opentelemetry', () => {
  it.each([
    ['the tracer is off', 'tracing_sampling_rate = 1\n', '{}', '01', '00'],
    ['it is on', all, '{}', '01', '01'],
    ['the client decided against it', all, '{}', '00', '00'],
    ['the plugin has a rate of its own', all, '{ sampling_rate: 0 }', '01', '00'],
    ['under its older name', 'opentelemetry_tracing = all\nopentelemetry_tracing_sampling_rate = 1\n', '{}', '01', '01'],
    ['only routing is watched', 'tracing_instrumentations = router\ntracing_sampling_rate = 1\n', '{}', '01', '01'],
    ['only the balancer is watched', 'tracing_instrumentations = balancer\ntracing_sampling_rate = 1\n', '{}', '01', '00'],
  ])('samples where %s', async (_, conf, config, came, goes) => {
    await using node = await startWith(`[{ name: opentelemetry, config: ${config} }]`, { conf });
    const { traceparent } = await node.sent({ traceparent: `00-${t}-${s}-${came}` });
    expect(traceparent).toMatch(new RegExp(`^00-${t}-[0-9a-f]{16}-${goes}$`));
    expect(traceparent).not.toContain(s);
  });

  it('is a child of its own root where the balancer is watched, else of the span that came', async () => {
    await using off = await startWith('[{ name: opentelemetry, config: {} }]');
    await using on = await startWith('[{ name: opentelemetry, config: {} }]', { conf: all });
    const headers = { b3: `${t}-${s}-1` };
    expect((await off.sent(headers))['b3']).toMatch(new RegExp(`^${t}-[0-9a-f]{16}-0-${s}$`));
    const own = (await on.sent(headers))['b3'];
    expect(own).toMatch(new RegExp(`^${t}-[0-9a-f]{16}-1-[0-9a-f]{16}$`));
    expect(own).not.toContain(s);
  });

  it('writes W3C where nothing came, and tells the client the trace', async () => {
    await using node = await startWith('[{ name: opentelemetry, config: { http_response_header_for_traceid: X-Trace } }]');
    const answer = await node.gateway.fetch('/');
    const { traceparent } = (await answer.json()) as Record<string, string>;
    expect(traceparent?.split('-')[1]).toBe(answer.headers.get('x-trace'));
  });
});
