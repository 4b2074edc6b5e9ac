import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway, type GatewayOptions } from '../../../../src/index.ts';

/** The start of an hour, of a day and of a month. */
export const midnight: number = Date.UTC(2024, 0, 1);

export const echo = (request: Request): Response => Response.json(Object.fromEntries(request.headers));

/** A node of Kong over a text without its `_format_version`, at midnight on a clock that stands still. */
export async function kongNode(declarative: string, upstreams: GatewayOptions['upstreams'] = { '*': echo }): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  try {
    writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${declarative}`);
    const gateway = await createGateway({ config: 'kong.yml', folder, upstreams });
    gateway.clock.freeze();
    await gateway.clock.travel(midnight);
    return gateway;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const ask = (gateway: Gateway, path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${path}`, { ...init, headers }));

/** One service with one route, and plugins of the service. */
export const serviceWith = (...plugins: readonly string[]): string =>
  `services:\n  - name: s\n    url: http://s.internal:8080\n    routes: [{ name: r, paths: [/] }]\n    plugins: [${plugins.join(', ')}]\n`;

/** Two consumers who show a key: `ann-key`, `bob-key`. */
export const annAndBob = `consumers:
  - username: ann
    keyauth_credentials: [{ key: ann-key }, { key: ann-other-key }]
  - username: bob
    keyauth_credentials: [{ key: bob-key }]
`;

/** What a configuration is refused with. */
export async function refusal(declarative: string): Promise<string> {
  try {
    await (await kongNode(declarative)).close();
    return 'started';
  } catch (error) {
    return (error as Error).message;
  }
}
