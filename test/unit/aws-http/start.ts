import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { load, type Loaded } from '../../../src/gateway/load.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, string | object>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-http-api-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** A gateway on a folder with these files; the first one is its configuration. */
export function start(
  files: Readonly<Record<string, string | object>>,
  upstreams: Readonly<Record<string, unknown>> = {},
  options: Partial<GatewayOptions> = {},
): Promise<Gateway> {
  const config = path.join(folderWith(files), Object.keys(files)[0] as string);
  return createGateway({ config, upstreams: upstreams as never, ...options });
}

export const resource = (type: string, properties: object): object => ({ Type: `AWS::ApiGatewayV2::${type}`, Properties: properties });
export const says = (text: string) => (): Response => new Response(text);
export const arnOf = (name: string): string => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** What a gateway would be built of, and what is said of the configuration. */
export const read = (files: Readonly<Record<string, string | object>>): Promise<Loaded> =>
  load({ config: '.', dialect: undefined, folder: folderWith(files), options: { variables: {}, env: {} } }, dialects);
