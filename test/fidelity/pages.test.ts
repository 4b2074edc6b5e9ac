import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Entry } from '../../src/model/ledger.ts';
import { load } from '../../src/gateway/load.ts';
import { documentOf } from './mutate.ts';
import { readersOf, renderPage, settingName } from './page.ts';
import { templateName } from './template-names.ts';

const root = path.resolve(import.meta.dirname, '../..');
const introduction = `What becomes of each setting, as \`devgateway check\` says it of a configuration that holds them all. This page is made from the ledger by
\`npx vitest run test/fidelity/pages.test.ts -u\`; nobody writes it by hand.`;

/** How settings are called: in a template by the type of their resource. */
function namesIn(folder: string, fixtures: readonly string[]): (pointer: string, by: string) => string {
  if (!folder.includes('aws-')) return settingName;
  const types: Record<string, string> = {};
  for (const fixture of fixtures) {
    const { Resources = {} } = documentOf(readFileSync(path.join(folder, fixture), 'utf8')) as { Resources?: Record<string, { Type: string }> };
    for (const [id, { Type }] of Object.entries(Resources)) types[id] = Type;
  }
  return (pointer) => templateName(pointer, (id) => types[id] ?? id);
}

/** Manifests have chapters by kind, whoever reads them. */
function byKind(entries: readonly Entry[], folder: string, fixtures: readonly string[]): Entry[] {
  const kinds = fixtures.flatMap((fixture) =>
    (documentOf(readFileSync(path.join(folder, fixture), 'utf8')) as { kind: string }[]).map(({ kind }) => kind),
  );
  return entries.map((one) => ({ ...one, by: kinds[Number(one.origin.pointer.split('/')[1])] ?? one.by }));
}

/** Made from fixtures that hold each setting once. */
it.each([
  ['kong', 'kong', 'Kong: setting by setting', ['everything.yml', 'plugins.yml']],
  ['aws-rest', 'aws-rest', 'Amazon API Gateway, REST APIs: setting by setting', ['everything.yaml', 'guards.yaml', 'stages.yaml']],
  ['aws-http', 'aws-http', 'Amazon API Gateway, HTTP APIs: setting by setting', ['everything.yaml']],
  ['gateway-api', 'gateway-api', 'Kubernetes Gateway API: setting by setting', ['everything.yaml']],
  ['aws-serverless', undefined, 'serverless.yml: setting by setting', ['everything.yml']],
])('docs/fidelity/%s.md is what the ledger says', async (page, name, title, fixtures) => {
  const entries: Entry[] = [];
  const folder = path.join(root, 'fixtures', page);
  for (const fixture of fixtures) {
    const { ledger } = await load({ config: fixture, dialect: name, folder, options: { variables: {}, env: {} } }, dialects);
    expect(ledger.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    expect(ledger.entries.filter((one) => one.verdict === 'unknown').map((one) => one.origin.pointer)).toEqual([]);
    entries.push(...(name === 'gateway-api' ? byKind(ledger.entries, folder, fixtures) : ledger.entries));
  }
  const proofs = (await dialects.find((one) => one.name === name)?.behaviour())?.proofs ?? {};
  await expect(renderPage(title, introduction, readersOf(entries, namesIn(folder, fixtures)), proofs)).toMatchFileSnapshot(
    path.join(root, `docs/fidelity/${page}.md`),
  );
});

describe('a setting is named by where it stands in what its reader reads', () => {
  it.each([
    ['/services/0/routes/1/sources/0/ip', 'kong/route', 'sources[].ip'],
    ['/routes/1/plugins/0/config/limits/video/minute', 'kong/plugins/response-ratelimiting', 'limits.video.minute'],
    ['/services/0/url', 'kong/service', 'url'],
    ['/_format_version', 'kong', '_format_version'],
  ])('%s of %s is %s', (pointer, by, name) => expect(settingName(pointer, by)).toBe(name));
});

it.each([
  ['/Resources/Api/Properties/Body/paths/~1a/get/security/0/key', 'paths.*.METHOD.security[].key'],
  ['/Resources/Stage/Properties/Variables/colour', 'ApiGateway::RestApi: Variables.*'],
  ['/Parameters/Stage/Default', 'Parameters.*.Default'],
])('%s of a template is %s', (pointer, name) => {
  expect(templateName(pointer, () => 'AWS::ApiGateway::RestApi')).toBe(name);
});
