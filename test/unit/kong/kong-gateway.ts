import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Says what of the request arrived: its path and its fields. */
const echo = (request: Request): Response => {
  const url = new URL(request.url);
  return Response.json({ path: url.pathname + url.search, ...Object.fromEntries(request.headers) });
};

/** A gateway of Kong with these entities, settings of the node and files beside them. */
export async function kong(
  entities: string,
  conf = '',
  files: Readonly<Record<string, string>> = {},
  upstream: string | ((request: Request) => Response | Promise<Response>) = echo,
): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${entities}`);
  if (conf !== '') writeFileSync(path.join(folder, 'kong.conf'), `${conf}\n`);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return createGateway({ config: 'kong.yml', folder, port: 0, upstreams: { '*': upstream } });
}

export const askFor = (gateway: Gateway, target: string, init: RequestInit): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${target}`, init));
