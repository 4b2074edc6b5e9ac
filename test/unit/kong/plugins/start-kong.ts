import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway } from '../../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What the upstream saw of a request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const said = async (request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  return Response.json({ method: request.method, url: pathname + search, headers: Object.fromEntries(request.headers), body: await request.text() });
};

export interface KongFolder {
  readonly folder: string;
  /** Puts another configuration in the place of the one that is there. */
  write(declarative: string): void;
}
export function kongFolder(declarative: string, node = ''): KongFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kong-'));
  folders.push(folder);
  const write = (text: string): void => writeFileSync(path.join(folder, 'kong.yml'), `_format_version: '3.0'\n${text}`);
  write(declarative);
  if (node !== '') writeFileSync(path.join(folder, 'kong.conf'), node);
  return { folder, write };
}

/** A gateway with this declarative file (without its version); every upstream answers what it saw. */
export async function startKong(declarative: string, node = ''): Promise<Gateway> {
  return createGateway({ config: 'kong.yml', folder: kongFolder(declarative, node).folder, upstreams: { '*': said } });
}

/** One service and one route for every path, with these plugins (a YAML flow list); more of the file after it. */
export const guarded = (plugins: string, more = ''): string => `services:
  - name: s
    url: http://s.internal:8080
    routes: [{ name: r, paths: [/], strip_path: false }]
    plugins: ${plugins}
${more}`;

/** Asks for a target; the Host is localhost. */
export const ask = (gateway: Gateway, target: string, init: RequestInit = {}): Promise<Response> =>
  gateway.fetch(new Request(`http://localhost${target}`, init));

export const seenBy = async (answer: Response): Promise<Seen> => {
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Seen;
};
export const refusal = async (answer: Response): Promise<unknown[]> => [
  answer.status,
  ((await answer.json()) as { message?: string }).message,
  answer.headers.get('www-authenticate'),
];
