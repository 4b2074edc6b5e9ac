import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway } from '../../../src/index.ts';

type Backend = (request: Request) => Response | Promise<Response>;
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}
type Served = Gateway & { ask(request: Parameters<Gateway['fetch']>[0]): Promise<Answered> };
interface Setup {
  readonly kind?: 'HTTPRoute' | 'GRPCRoute';
  readonly backends?: Readonly<Record<string, Backend | string>>;
  /** More documents. */
  readonly beside?: string;
}

const echo: Backend = ({ method, url }) => {
  const { pathname, search } = new URL(url);
  return new Response(`${method} ${pathname}${search}`);
};

/** A gateway with one route in the namespace `shop`, whose spec is given in YAML's flow style; the backend `a` says what it was asked. */
export async function manifests(spec: string, { kind = 'HTTPRoute', backends = { a: echo }, beside = '' }: Setup = {}): Promise<Served> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-manifests-'));
  const file = path.join(folder, 'route.yaml');
  const head = `apiVersion: gateway.networking.k8s.io/v1\nkind: ${kind}\nmetadata: { name: r, namespace: shop }`;
  writeFileSync(file, `${head}\nspec: { parentRefs: [{ name: public }], ${spec} }\n${beside === '' ? '' : `---\n${beside}\n`}`);
  const upstreams = Object.fromEntries(Object.entries(backends).map(([name, one]) => [`shop/${name}:80`, one]));
  try {
    const gateway = await createGateway({ config: file, upstreams, port: 0, watch: false, logLevel: 'silent' });
    return Object.assign(gateway, {
      async ask(request: Parameters<Gateway['fetch']>[0]): Promise<Answered> {
        const answer = await gateway.fetch(request);
        return { status: answer.status, headers: answer.headers, text: await answer.text() };
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
