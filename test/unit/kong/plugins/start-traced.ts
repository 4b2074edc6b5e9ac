import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway, type GatewayOptions } from '../../../../src/index.ts';

/** A gateway over one service with the given plugins (a YAML list), whose upstream says what fields it was sent. */
export async function startWith(
  plugins: string | ((folder: string) => string),
  more: {
    readonly conf?: string;
    readonly paths?: string;
    readonly rest?: string;
    readonly upstreams?: GatewayOptions['upstreams'];
    readonly files?: Readonly<Record<string, string>>;
    readonly traffic?: GatewayOptions['traffic'];
  } = {},
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  writeFileSync(
    path.join(folder, 'kong.yml'),
    `_format_version: '3.0'\nservices:\n  - name: s\n    url: http://s.internal:8080\n    routes: [{ name: r, paths: [${more.paths ?? '/'}] }]\nplugins: ${typeof plugins === 'string' ? plugins : plugins(folder)}\n${more.rest ?? ''}`,
  );
  for (const [name, text] of Object.entries(more.files ?? {})) writeFileSync(path.join(folder, name), text);
  if (more.conf !== undefined) writeFileSync(path.join(folder, 'kong.conf'), more.conf);
  const said = (request: Request): Response => Response.json(Object.fromEntries(request.headers));
  const gateway: Gateway = await createGateway({
    config: 'kong.yml',
    folder,
    upstreams: { 's.internal': said, ...more.upstreams },
    ...(more.traffic === undefined ? {} : { traffic: more.traffic }),
  });
  return {
    folder,
    gateway,
    /** The fields that the upstream got. */
    async sent(headers: Record<string, string> = {}): Promise<Record<string, string>> {
      return (await (await gateway.fetch(asking('/', headers))).json()) as Record<string, string>;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const asking = (path: string, headers: Record<string, string> = {}): Request => new Request(`http://localhost${path}`, { headers });
