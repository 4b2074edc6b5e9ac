import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { kong } from '../../../src/dialects/kong/index.ts';
import { readTarget, type KongTarget } from '../../../src/dialects/kong/entities/target.ts';
import { load, type Loaded } from '../../../src/gateway/load.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Source } from '../../../src/sources/source.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BalancerOptions } from '../../../src/dialects/kong/balancer/balanced.ts';
import type { ProxyOptions } from '../../../src/model/gateway.ts';
import { poolConfig } from './balancer-start.ts';

async function read(...parts: Parameters<typeof poolConfig>): Promise<Loaded> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  try {
    writeFileSync(path.join(folder, 'kong.yml'), poolConfig(...parts));
    return await load({ config: 'kong.yml', dialect: undefined, folder, options: { variables: {}, env: {} } }, [kong]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const verdicts = (loaded: Loaded, under: string): Record<string, string> =>
  Object.fromEntries(
    [...loaded.ledger.entries.values()]
      .filter(({ origin }) => origin.pointer.startsWith(under))
      .map(({ origin, verdict }) => [origin.pointer.slice(under.length + 1), verdict]),
  );
const destination = (loaded: Loaded) => loaded.gateway.sites[0]?.routes[0]?.destination;
const proxies = (loaded: Loaded): ProxyOptions[] => destination(loaded)?.children.map((one) => one.options as ProxyOptions) ?? [];

describe('a target', () => {
  const target = (address: string): KongTarget | undefined => {
    const source = new Source('t.json', '/t.json', JSON.stringify({ target: address }));
    return readTarget(source.settings(new Ledger(), 'kong'));
  };

  it.each([
    ['a.internal', 'a.internal', 8000],
    ['A.internal:80', 'a.internal', 80],
    ['127.0.0.1:9000', '127.0.0.1', 9000],
    ['[::1]:9000', '::1', 9000],
    ['[::1]', '::1', 8000],
    ['fe80::1', 'fe80::1', 8000],
    ['_srv._tcp.x:80', '_srv._tcp.x', 80],
  ])('%s is %s at %d', (address, host, port) => {
    expect(target(address)).toMatchObject({ host, port, weight: 100 });
  });

  it.each(['', 'a b', 'http://a', 'a:0', 'a:99999', 'a:x', '[::1', 'u@a'])('%j is none', (address) => {
    expect(target(address)).toBeUndefined();
  });

  it('of any text never fails to be read', () => {
    fc.assert(
      fc.property(fc.string(), (address) => {
        const made = target(address);
        if (made !== undefined) expect(URL.canParse(`http://${made.host.includes(':') ? '[::1]' : 'a'}:${made.port}`)).toBe(true);
      }),
    );
  });
});

describe('the settings of an upstream', () => {
  it('each have their verdict', async () => {
    const loaded = await read(
      `id: u, tags: [a], slots: 100, use_srv_name: true, hash_on: none, hash_fallback: ip, hash_on_header: X, hash_on_cookie_path: /,
       targets: [{ target: 'a:80', tags: [b], weight: 5 }],
       healthchecks: { threshold: 10, active: { type: tcp, timeout: 3, healthy: { interval: 5 } }, passive: { type: http, unhealthy: { timeouts: 3 } } }`,
    );
    expect(loaded.ledger.diagnostics).toEqual([]);
    expect(verdicts(loaded, '/upstreams/0')).toEqual({
      name: 'mirrored',
      id: 'ignored',
      'tags/0': 'ignored',
      slots: 'ignored',
      use_srv_name: 'ignored',
      hash_on: 'mirrored',
      hash_fallback: 'ignored',
      hash_on_header: 'ignored',
      hash_on_cookie_path: 'ignored',
      'targets/0/target': 'mirrored',
      'targets/0/tags/0': 'ignored',
      'targets/0/weight': 'mirrored',
      'healthchecks/threshold': 'mirrored',
      'healthchecks/active/type': 'ignored',
      'healthchecks/active/timeout': 'ignored',
      'healthchecks/active/healthy/interval': 'ignored',
      'healthchecks/passive/type': 'ignored',
      'healthchecks/passive/unhealthy/timeouts': 'mirrored',
    });
  });

  it('that hash are approximated where a target is a name', async () => {
    const verdict = async (target: string): Promise<string | undefined> =>
      verdicts(await read(`hash_on: ip, targets: [{ target: '10.0.0.1:80' }, { target: '${target}' }]`), '/upstreams/0')['hash_on'];
    expect([await verdict('[::1]:80'), await verdict('a.internal:80')]).toEqual(['mirrored', 'approximated']);
  });

  it('of active checks make probes with their own protocol and limits', async () => {
    const loaded = await read(
      `host_header: pool.example, targets: [{ target: '[::1]:80' }],
       healthchecks: { active: { type: https, http_path: /up, timeout: 2, concurrency: 3, https_sni: sni.example, https_verify_certificate: false,
         headers: { X-A: ['1', '2'] }, healthy: { interval: 5, http_statuses: [201] }, unhealthy: { interval: 1.5, http_failures: 2 } } }`,
    );
    expect(verdicts(loaded, '/upstreams/0/healthchecks/active')).toMatchObject({
      'healthy/interval': 'approximated',
      'unhealthy/interval': 'approximated',
      'headers/X-A/1': 'mirrored',
      https_sni: 'mirrored',
    });
    expect((destination(loaded)?.options as BalancerOptions | undefined)?.active).toMatchObject({
      path: '/up',
      headers: ['X-A', '1', 'X-A', '2'],
      concurrency: 3,
      everyMs: { up: 5000, down: 1500 },
      limits: { healthyStatuses: [201], httpFailures: 2, tcpFailures: 0 },
    });
    const [asked, probed] = proxies(loaded);
    expect(asked).toMatchObject({ url: 'http://[::1]:80', httpVersion: '1.1', tls: null });
    expect(probed).toMatchObject({
      names: asked?.names,
      url: 'https://[::1]:80',
      httpVersion: '1.0',
      responseTimeoutMs: 2000,
      tls: { verify: false, serverName: 'sni.example' },
    });
  });

  it.each([
    ['hash_on: header', 'DG1204'],
    ['hash_on: query_arg', 'DG1204'],
    ['hash_on: ip, hash_fallback: uri_capture', 'DG1204'],
    ['hash_on: cookie', 'DG1204'],
    ['algorithm: sticky-sessions', 'DG1204'],
    ['algorithm: fastest', 'DG1203'],
    ['slots: 1, hash_on: ip', 'DG1203'],
    ["targets: [{ target: 'a:80', weight: -1 }]", 'DG1203'],
    ["targets: [{ target: 'a b' }]", 'DG1203'],
    ['targets: [{ weight: 1 }]', 'DG1204'],
    ['healthchecks: { passive: { unhealthy: { tcp_failures: 255 } } }', 'DG1203'],
    ['healthchecks: { passive: { unhealthy: { http_statuses: [99] } } }', 'DG1203'],
  ])('%s is refused', async (upstream, code) => {
    const loaded = await read(upstream);
    expect(loaded.ledger.diagnostics.map((one) => one.code)).toContain(code);
  });

  it.each([
    ['{}', 'DG1204'],
    ['{ name: 10.0.0.1 }', 'DG1203'],
    ['{ name: "pool:80" }', 'DG1203'],
  ])('%s is no upstream', async (upstream, code) => {
    const loaded = await read(`targets: [] }, ${upstream}, { name: last`);
    expect(loaded.ledger.diagnostics.map((one) => one.code)).toEqual([code]);
  });

  it('name the certificates for its targets; those of the service come first', async () => {
    const more = `certificates: [{ id: c1, cert: CERT1, key: KEY1 }, { id: c2, cert: CERT2, key: KEY2 }]
ca_certificates: [{ id: ca, cert: AUTHORITY }]`;
    const upstream = "client_certificate: { id: c1 }, targets: [{ target: 'a:443' }]";
    const service = 'protocol: https, tls_verify: true, ca_certificates: [ca]';
    const tls = { verify: true, authorities: 'AUTHORITY' };
    expect(proxies(await read(upstream, { more, service }))[0]?.tls).toMatchObject({ ...tls, certificate: 'CERT1', key: 'KEY1' });
    expect(proxies(await read(upstream, { more, service: `${service}, client_certificate: { id: c2 }` }))[0]?.tls).toMatchObject({
      ...tls,
      certificate: 'CERT2',
    });
    const unknown = await read(upstream, { service });
    expect(unknown.ledger.diagnostics.map((one) => one.code)).toEqual(['DG1205', 'DG1205']);
  });

  it('name its targets for --upstream by host and port, host, address, upstream and service', async () => {
    const loaded = await read("targets: [{ target: 'A.internal:81' }]");
    expect(proxies(loaded)[0]?.names).toEqual(['a.internal:81', 'a.internal', 'A.internal:81', 'pool', 's', 'http://a.internal:81']);
  });
});
