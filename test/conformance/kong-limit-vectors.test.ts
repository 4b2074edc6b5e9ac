import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../src/index.ts';

const file = path.resolve(import.meta.dirname, '../../../shared/conformance/vectors/rate-limits.json');

interface Vector {
  readonly id: string;
  readonly dialect: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly plugin: string };
  /** `t` in seconds. */
  readonly requests?: readonly { readonly t: number; readonly allow: boolean; readonly headers?: Readonly<Record<string, string | number>> }[];
  readonly onReject?: { readonly status: number; readonly json: object };
}

describe.skipIf(!existsSync(file))('vectors of Kong, asked through a gateway (only where ../shared/conformance is)', () => {
  const { vectors } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: readonly Vector[] }) : { vectors: [] };
  const timed = vectors.filter((one) => one.dialect === 'kong' && one.requests !== undefined);

  it.each(timed.map((one) => [one.id, one] as const))('%s', async (_, { config: { plugin, ...config }, requests = [], onReject }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-vector-'));
    const service = { name: 's', url: 'http://s.internal', routes: [{ name: 'r', paths: ['/'] }], plugins: [{ name: plugin, config }] };
    writeFileSync(path.join(folder, 'kong.yml'), JSON.stringify({ _format_version: '3.0', services: [service] }));
    await using gateway = await createGateway({ config: 'kong.yml', folder, upstreams: { '*': () => new Response('') } });
    rmSync(folder, { recursive: true });
    gateway.clock.freeze();
    for (const { t, allow, headers = {} } of requests) {
      await gateway.clock.travel(t * 1000);
      const answer = await gateway.fetch('/');
      expect([t, answer.status]).toEqual([t, allow ? 200 : onReject?.status]);
      const wanted = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
      const told = Object.fromEntries([...answer.headers].filter(([name]) => /ratelimit|retry-after/.test(name)));
      if (Object.keys(wanted).length > 0) expect(told).toEqual(wanted);
      if (!allow) expect(await answer.json()).toMatchObject(onReject?.json ?? {});
    }
  });
});
