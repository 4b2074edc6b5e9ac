import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import type { CompileOptions } from '../../../src/dialects/dialect.ts';
import { load, type Loaded } from '../../../src/gateway/load.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const head = "_format_version: '3.0'\n";

/** A folder with these files, until the test ends. A file named `kong*.yml` gets the version in front. */
export function folderWith(files: Readonly<Record<string, string>> | string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = typeof files === 'string' ? { 'kong.yml': files } : files;
  for (const [name, text] of Object.entries(all))
    writeFileSync(path.join(folder, name), name.endsWith('.yml') && !text.includes('_format_version') ? `${head}${text}` : text);
  return folder;
}

/** What becomes of the files, and what is said about them. */
export const read = (files: Readonly<Record<string, string>> | string, options: Partial<CompileOptions> = {}): Promise<Loaded> =>
  load({ config: '.', dialect: undefined, folder: folderWith(files), options: { variables: {}, env: {}, ...options } }, dialects);

/** Each finding as `line CODE message`. The line is that of the file, with the version in front. */
export async function said(files: Readonly<Record<string, string>> | string, options: Partial<CompileOptions> = {}): Promise<string[]> {
  const { ledger } = await read(files, options);
  return ledger.diagnostics.map((one) => `${one.severity} ${one.line} ${one.code} ${one.message}`);
}

/** A gateway whose upstreams say what they were asked. */
export const start = (files: Readonly<Record<string, string>> | string, options: GatewayOptions = {}): Promise<Gateway> =>
  createGateway({
    config: '.',
    folder: folderWith(files),
    env: {},
    upstreams: { '*': (request: Request) => Response.json({ url: request.url, headers: Object.fromEntries(request.headers) }) },
    ...options,
  });

export const ask = (gateway: Gateway, target = '/', headers: Record<string, string> = {}): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${target}`, { headers }));
