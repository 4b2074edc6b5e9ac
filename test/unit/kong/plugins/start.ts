import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What an upstream got. */
export interface Said {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
const echo = async (request: Request): Promise<Response> =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()).toString('latin1'),
  } satisfies Said);

/** A node of Kong with this configuration; its upstream says what it got unless another is given. */
export async function start(declarative: string, upstream: (request: Request) => Response | Promise<Response> = echo, conf = ''): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${declarative}`);
  if (conf !== '') writeFileSync(path.join(folder, 'kong.conf'), conf);
  return createGateway({ config: 'kong.yml', folder, upstreams: { '*': upstream } });
}

/** One service with one route, and one plugin on it. */
export const withPlugin = (name: string, config: unknown, paths: readonly string[] = ['/']): string =>
  `services:
  - name: s
    url: http://s.internal:8080
    routes: [{ name: r, paths: ${JSON.stringify(paths)} }]
    plugins:
      - name: ${name}
        config: ${JSON.stringify(config)}
`;

/** The same, started. */
export const startPlugin = (name: string, config: unknown, upstream?: (request: Request) => Response | Promise<Response>): Promise<Gateway> =>
  start(withPlugin(name, config), upstream);
