import { describe, expect, it } from 'vitest';
import { asking, startWith } from './start-traced.ts';

const t = '7'.repeat(32);
const s = '8'.repeat(16);
const span = /^[0-9a-f]{16}$/;

describe('zipkin', () => {
  it('tells the upstream a span of its own below the one that came', async () => {
    await using node = await startWith('[{ name: zipkin, config: { sample_ratio: 0 } }]');
    const got = await node.sent({ 'x-b3-traceid': t, 'x-b3-spanid': s, 'x-b3-sampled': '1' });
    expect(got).toMatchObject({ 'x-b3-traceid': t, 'x-b3-parentspanid': s, 'x-b3-sampled': '1' });
    expect(got['x-b3-spanid']).toMatch(span);
    expect(await node.sent({ b3: `${t}-${s}-0` })).toMatchObject({ b3: expect.stringMatching(new RegExp(`^${t}-[0-9a-f]{16}-${s}$`)) });
    // Formats that know one span only: Kong begins a span below it.
    const { traceparent } = await node.sent({ traceparent: `00-${t}-${s}-01` });
    expect(traceparent).toMatch(new RegExp(`^00-${t}-[0-9a-f]{16}-01$`));
    expect(traceparent).not.toContain(s);
  });

  it.each([
    ['{ default_header_type: datadog }', ['x-datadog-trace-id', 'x-datadog-parent-id']],
    ['{ header_type: w3c, default_header_type: jaeger }', ['traceparent', 'uber-trace-id']],
    ['{ propagation: { default_format: gcp, inject: [preserve, aws] } }', ['x-cloud-trace-context', 'x-amzn-trace-id']],
    ['{ propagation: { default_format: w3c, extract: [b3] } }', []],
    // The default of the older field stands above it.
    ['{ propagation: { default_format: w3c } }', ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid']],
    ['{ header_type: ignore, default_header_type: ot }', ['ot-tracer-traceid', 'ot-tracer-spanid']],
  ])('writes what the settings say (%s)', async (config, fields) => {
    await using node = await startWith(`[{ name: zipkin, config: ${config} }]`);
    const got = Object.keys(await node.sent()).filter((name) => /trace|span|parent/.test(name));
    expect(got.toSorted()).toEqual([...fields].toSorted());
  });

  it('clears fields, reads only what it is told, and makes ids of the length that is asked', async () => {
    await using node = await startWith(
      `[{ name: zipkin, config: { traceid_byte_count: 8, http_response_header_for_traceid: X-Trace, propagation: { extract: [ot], inject: [w3c], clear: [uber-trace-id], default_format: b3 } } }]`,
    );
    const answer = await node.gateway.fetch(asking('/', { 'uber-trace-id': `${t}:${s}:0:1` }));
    const trace = answer.headers.get('x-trace') ?? '';
    expect(trace).toMatch(span);
    const got = (await answer.json()) as Record<string, string>;
    expect(got).not.toHaveProperty('uber-trace-id');
    expect(got['traceparent']).toContain(`00-${'0'.repeat(16)}${trace}-`);
  });

  it('tells the trace of a request that no route takes', async () => {
    await using node = await startWith('[{ name: zipkin, config: { http_response_header_for_traceid: X-Trace } }]', { paths: '/only' });
    const answer = await node.gateway.fetch(asking('/', { b3: `${t}-${s}-1` }));
    expect([answer.status, answer.headers.get('x-trace')]).toEqual([404, t]);
  });

  it('reports sampled spans to its endpoint, and no others', async () => {
    const got: Record<string, unknown>[][] = [];
    const collect = async (request: Request): Promise<Response> => {
      got.push((await request.json()) as Record<string, unknown>[]);
      return new Response(null, { status: 202 });
    };
    await using node = await startWith(
      `[{ name: zipkin, config: { http_endpoint: 'http://zipkin.internal:9411/api/v2/spans', sample_ratio: 1, local_service_name: edge, static_tags: [{ name: team, value: a }], queue: { max_batch_size: 2 } } }]`,
      { upstreams: { 'zipkin.internal': collect } },
    );
    await node.sent({ b3: `${t}-${s}-0` });
    await node.sent({ b3: `${t}-${s}-1`, 'zipkin-tags': 'foo=bar; a = b ;junk' });
    await expect.poll(() => got.length).toBe(1);
    expect(got[0]).toMatchObject([
      { traceId: t, kind: 'CLIENT', name: 'GET (proxy)', parentId: s, localEndpoint: { serviceName: 'edge' }, remoteEndpoint: { serviceName: 's' } },
      { traceId: t, id: s, kind: 'SERVER', name: 'GET', tags: { 'http.path': '/', 'http.status_code': '200', team: 'a', foo: 'bar', a: 'b' } },
    ]);
  });

  it('sends nothing to an endpoint that is not mapped and not of this machine', async () => {
    await using node = await startWith(`[{ name: zipkin, config: { http_endpoint: 'http://zipkin.invalid/', sample_ratio: 1 } }]`);
    expect((await node.gateway.fetch('/')).status).toBe(200);
  });
});
