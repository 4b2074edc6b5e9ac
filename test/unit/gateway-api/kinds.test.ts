import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kinds-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const object = (version: string, kind: string, spec: string, name = 'g'): string =>
  `apiVersion: ${version}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }\n---\n`;
const gatewayObject = (version: string, rest = ''): string =>
  object(version, 'Gateway', `gatewayClassName: any, ${rest} listeners: [{ name: http, port: 80, protocol: HTTP }]`);
const route = (version: string, parent = '{ name: g }'): string =>
  object(version, 'HTTPRoute', `parentRefs: [${parent}], rules: [{ backendRefs: [{ name: a, port: 80 }] }]`);
const start = (...texts: readonly string[]): Promise<Gateway> =>
  createGateway({ config: '-', texts: { '-': texts.join('') }, folder, upstreams: { 'default/a:80': () => new Response('a') }, watch: false });

describe('kinds of the API', () => {
  it.each(['v1', 'v1beta1', 'v1alpha2'])('are read in the version %s', async (version) => {
    const of = `gateway.networking.k8s.io/${version}`;
    await using gateway = await start(gatewayObject(of), route(of));
    expect(await (await gateway.fetch('/')).text()).toBe('a');
  });

  it('are read under the names that they had', async () => {
    await using gateway = await start(
      gatewayObject('gateway.networking.k8s.io/v1', 'allowedListeners: { namespaces: { from: Same } },'),
      object(
        'gateway.networking.x-k8s.io/v1alpha1',
        'XListenerSet',
        'parentRef: { name: g }, listeners: [{ name: more, port: 81, protocol: HTTP }]',
        'set',
      ),
      route('gateway.networking.k8s.io/v1', '{ group: gateway.networking.x-k8s.io, kind: XListenerSet, name: set }'),
    );
    const answer = await fetch(gateway.urlFor(81));
    expect(await answer.text()).toBe('a');
  });

  it.each([
    [route('gateway.networking.k8s.io/v2'), 'there is no version v2', 'expected gateway.networking.k8s.io/v1 or'],
    [object('gateway.networking.k8s.io/v1beta1', 'GRPCRoute', ''), 'there is no version v1beta1 of the GRPCRoute', 'k8s.io/v1 or'],
    [object('gateway.networking.x-k8s.io/v1', 'XMesh', ''), 'there is no version v1', 'expected gateway.networking.x-k8s.io/v1alpha1'],
    [object('gateway.networking.x-k8s.io/v1alpha1', 'XListenerSets', ''), 'there is no kind XListenerSets', 'did you mean "XListenerSet"?'],
    [object('gateway.networking.k8s.io/v1', 'HttpRoute', ''), 'there is no kind HttpRoute', 'did you mean "HTTPRoute"?'],
  ])('are refused where no version has them', async (text, message, hint) => {
    await expect(start(gatewayObject('gateway.networking.k8s.io/v1'), text)).rejects.toMatchObject({
      diagnostics: [{ code: 'DG1203', message: expect.stringContaining(message) as string, hint: expect.stringContaining(hint) as string }],
    });
  });
});

describe('a file that is no manifest yet', () => {
  it('is a template of Helm: what it makes is to be piped', async () => {
    await expect(start('apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-a\n')).rejects.toMatchObject({
      diagnostics: [{ code: 'DG1101', line: 4, hint: expect.stringContaining('helm template') as string }],
    });
  });
  it('is one too where it can be parsed', async () => {
    await expect(start('apiVersion: v1\nkind: Service\nmetadata: { name: "{{ .Release.Name }}-a" }\n')).rejects.toMatchObject({
      diagnostics: [{ code: 'DG1203', hint: expect.stringContaining('helm template') as string }],
    });
  });
  it('is broken otherwise: the parser says how', async () => {
    writeFileSync(path.join(folder, 'broken.yaml'), 'apiVersion: v1\nkind: [\n');
    await expect(createGateway({ config: 'broken.yaml', folder })).rejects.toMatchObject({ diagnostics: [{ code: 'DG1101' }] });
    await expect(createGateway({ config: 'broken.yaml', folder })).rejects.not.toMatchObject({
      diagnostics: [{ hint: expect.stringContaining('helm') as string }],
    });
  });
});

const warnings = (gateway: Gateway): string[] => gateway.diagnostics.map(({ message }) => message);

describe('objects', () => {
  const api = 'gateway.networking.k8s.io/v1';
  const spec = { parentRefs: [{ name: 'g' }], rules: [{ backendRefs: [{ name: 'a', port: 80 }] }] };

  it('are told where they are of kinds that are not served, experiments too', async () => {
    await using gateway = await start(
      gatewayObject(api),
      route(api),
      object('gateway.networking.x-k8s.io/v1alpha1', 'XMesh', ''),
      object('networking.x-k8s.io/v1alpha1', 'HTTPRoute', ''),
    );
    expect(warnings(gateway)).toEqual(['networking.x-k8s.io/v1alpha1 was retired with release 0.5', 'XMesh default/g is not supported yet']);
  });

  it('are read from JSON, in one line and several, and from lists of a kind', async () => {
    const json = [
      {
        apiVersion: api,
        kind: 'Gateway',
        metadata: { name: 'g' },
        spec: { gatewayClassName: 'any', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
      },
      { kind: 'List', apiVersion: 'v1', items: [{ apiVersion: api, kind: 'HTTPRouteList', items: [{ metadata: { name: 'r' }, spec }] }] },
    ];
    const text = json.map((one) => JSON.stringify(one)).join('\n');
    await using gateway = await start(text);
    expect(await (await gateway.fetch('/')).text()).toBe('a');
    expect(gateway.fidelity.counts.unknown).toBe(0);
  });

  it('that are called by the cluster are each another', async () => {
    const named = (path: string) =>
      JSON.stringify({
        apiVersion: api,
        kind: 'HTTPRoute',
        metadata: { generateName: 'r-' },
        spec: { ...spec, rules: [{ matches: [{ path: { value: path } }], ...spec.rules[0] }] },
      });
    await using gateway = await start(gatewayObject(api), [named('/one'), named('/two')].join('\n---\n'));
    for (const path of ['/one', '/two']) expect((await gateway.fetch(path)).status).toBe(200);
    expect((await gateway.fetch('/')).status).toBe(404);
  });

  it('need a name', async () => {
    const text = JSON.stringify({ apiVersion: api, kind: 'HTTPRoute', metadata: {}, spec });
    await expect(start(gatewayObject(api), text)).rejects.toMatchObject({ diagnostics: [{ code: 'DG1204', message: 'the HTTPRoute has no name' }] });
  });

  it('are no documents without a kind, which are told', async () => {
    await using gateway = await start(gatewayObject(api), route(api), 'values: 1\n---\n# nothing\n--- # still nothing\n---\n- 1\n');
    expect(warnings(gateway)).toEqual([expect.stringContaining('it has no kind'), expect.stringContaining('it has no kind')]);
    expect(gateway.fidelity.counts.unknown).toBe(0);
  });
});
