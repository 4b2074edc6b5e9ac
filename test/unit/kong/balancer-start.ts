import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Nothing listens there. */
export const refused = 'http://127.0.0.1:1';
/** Says who it is, and what it was told. */
export const named =
  (name: string) =>
  async (request: Request): Promise<Response> =>
    Response.json({ name, host: request.headers.get('host'), length: request.headers.get('content-length'), body: await request.text() });

export interface Pool {
  readonly gateway: Gateway;
  readonly file: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A gateway with one service over the upstream `pool`. */
export async function startPool(
  upstream: string,
  upstreams: GatewayOptions['upstreams'],
  { service = '', route = 'paths: [/]', more = '' } = {},
): Promise<Pool> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  const file = path.join(folder, 'kong.yml');
  writeFileSync(file, poolConfig(upstream, { service, route, more }));
  const gateway = await createGateway({ config: 'kong.yml', folder, upstreams: upstreams ?? {} });
  return { gateway, file, [Symbol.asyncDispose]: () => gateway.close() };
}
export const poolConfig = (upstream: string, { service = '', route = 'paths: [/]', more = '' } = {}): string => `
_format_version: '3.0'
services: [{ name: s, host: pool, ${service === '' ? '' : `${service}, `}routes: [{ name: r, ${route} }] }]
upstreams: [{ name: pool, ${upstream} }]
${more}`;

/** Who answers, for so many requests; the status where it is not 200. */
export async function ask(gateway: Gateway, times: number, input: string | Request = '/', init?: { readonly scope?: string }): Promise<string[]> {
  const names: string[] = [];
  for (let at = 0; at < times; at += 1) {
    const answer = await gateway.fetch(typeof input === 'string' ? input : input.clone(), init);
    names.push(answer.status === 200 ? ((await answer.json()) as { name: string }).name : String(answer.status));
    // The log phase comes after the answer.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return names;
}
export const counted = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((one) => one === name).length]));
