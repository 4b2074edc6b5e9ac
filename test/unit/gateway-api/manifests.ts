import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { inspect, type Inspection } from '../../../src/gateway/inspect.ts';
import type { ConditionInfo } from '../../../src/gateway/types.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export interface Meta {
  readonly namespace?: string;
  readonly created?: string;
  readonly annotations?: string;
  readonly group?: string;
}

/** One document. `spec` is what stands behind `spec:`, in flow style. */
export function manifest(kind: string, name: string, spec: string, { namespace = 'shop', created, annotations, group }: Meta = {}): string {
  const more = `${created === undefined ? '' : `, creationTimestamp: '${created}'`}${annotations === undefined ? '' : `, annotations: ${annotations}`}`;
  const of = group ?? (kind === 'Service' || kind === 'Namespace' || kind === 'Secret' ? 'v1' : 'gateway.networking.k8s.io/v1');
  return `apiVersion: ${of}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace}${more} }\nspec: ${spec}\n---\n`;
}
export const gatewayWith = (listeners: readonly string[], more = '', meta: Meta = {}): string =>
  manifest('Gateway', 'public', `{ gatewayClassName: any, ${more} listeners: [${listeners.join(', ')}] }`, meta);
export const listener = (name: string, more = 'port: 80, protocol: HTTP'): string => `{ name: ${name}, ${more} }`;
export const service = (name: string, namespace = 'shop'): string => manifest('Service', name, '{ ports: [{ port: 80 }] }', { namespace });
/** Everything goes to one Service; `more` are further members of its spec. */
export const route = (name: string, to: string, more = '', meta: Meta = {}, kind = 'HTTPRoute'): string =>
  manifest(
    kind,
    name,
    `{ ${more.includes('parentRefs') ? '' : 'parentRefs: [{ name: public }],'} ${more}${more === '' ? '' : ','} rules: [{ backendRefs: [{ name: ${to}, port: 80 }] }] }`,
    meta,
  );

function write(manifests: readonly string[]): { folder: string; file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-manifests-'));
  folders.push(folder);
  const file = path.join(folder, 'all.yaml');
  writeFileSync(file, manifests.join(''));
  return { folder, file };
}

/** What is found in manifests: `shown` are the conditions by type, `True Reason` each, of what is called so. */
export async function check(...manifests: readonly string[]): Promise<Inspection & { conditions: (name: string) => Record<string, string> }> {
  const { folder, file } = write(manifests);
  const found = await inspect({ config: file, dialect: undefined, folder, options: { variables: {}, env: {} } });
  const conditions = (name: string): Record<string, string> => {
    const status = found.statuses.find(({ subject, part }) => (part === '' ? subject : `${subject}, ${part}`) === name);
    const all: readonly ConditionInfo[] = status?.conditions ?? [];
    return Object.fromEntries(all.map(({ type, status: holds, reason }) => [type, `${holds} ${reason}`]));
  };
  return Object.assign(found, { conditions });
}

/** Services a to c of shop and other answer with their own name. */
export function serve(manifests: readonly string[], options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const names = ['shop', 'other'].flatMap((namespace) => ['a', 'b', 'c'].map((name) => `${namespace}/${name}`));
  const upstreams = Object.fromEntries(names.map((name) => [`${name}:80`, () => new Response(name)]));
  return createGateway({ config: write(manifests).file, upstreams, port: 0, watch: false, logLevel: 'silent', ...options });
}
/** The text of a 200, or the status. */
export async function ask(gateway: Gateway, target: string, init: RequestInit = {}): Promise<string> {
  const answer = await gateway.fetch(new Request(target, init));
  return answer.status === 200 ? answer.text() : String(answer.status);
}

/** What a command prints, and its JSON document. */
export async function run(command: string, manifests: readonly string[]): Promise<{ out: string; document: Record<string, unknown> }> {
  const { folder } = write(manifests);
  const print = async (...argv: readonly string[]): Promise<string> => {
    const out: string[] = [];
    const into = (text: string): void => void out.push(text);
    await main([command, 'all.yaml', ...argv], {
      out: into,
      err: into,
      env: {},
      folder,
      isTerminal: false,
      input: null,
      readInput: () => Promise.resolve(''),
      onStop: () => () => {},
    });
    return out.join('\n');
  };
  return { out: await print(), document: JSON.parse(await print('--json')) as Record<string, unknown> };
}
