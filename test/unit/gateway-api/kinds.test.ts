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
    [route('gateway.networking.k8s.io/v2'), 'there is no version v2', 'expected v1'],
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
  it('is broken otherwise: the parser says how', async () => {
    writeFileSync(path.join(folder, 'broken.yaml'), 'apiVersion: v1\nkind: [\n');
    await expect(createGateway({ config: 'broken.yaml', folder })).rejects.toMatchObject({ diagnostics: [{ code: 'DG1101' }] });
    await expect(createGateway({ config: 'broken.yaml', folder })).rejects.not.toMatchObject({
      diagnostics: [{ hint: expect.stringContaining('helm') as string }],
    });
  });
});
