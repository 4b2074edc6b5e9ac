import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import { load } from '../../src/gateway/load.ts';
import { readersOf, renderPage, settingName } from './page.ts';

const root = path.resolve(import.meta.dirname, '../..');
const introduction = `What becomes of each setting, as \`devgateway check\` says it of a configuration that holds them all. This page is made from the ledger by
\`npx vitest run test/fidelity/pages.test.ts -u\`; nobody writes it by hand.`;

/** Made from fixtures that hold each setting once. */
it.each([['kong', 'Kong: setting by setting', ['everything.yml', 'plugins.yml']]])(
  'docs/fidelity/%s.md is what the ledger says',
  async (name, title, fixtures) => {
    const entries = [];
    for (const fixture of fixtures) {
      const folder = path.join(root, 'fixtures', name);
      const { ledger } = await load({ config: fixture, dialect: name, folder, options: { variables: {}, env: {} } }, dialects);
      expect(ledger.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
      expect(ledger.entries.filter((one) => one.verdict === 'unknown').map((one) => one.origin.pointer)).toEqual([]);
      entries.push(...ledger.entries);
    }
    const proofs = dialects.find((one) => one.name === name)?.proofs ?? {};
    await expect(renderPage(title, introduction, readersOf(entries), proofs)).toMatchFileSnapshot(path.join(root, `docs/fidelity/${name}.md`));
  },
);

describe('a setting is named by where it stands in what its reader reads', () => {
  it.each([
    ['/services/0/routes/1/sources/0/ip', 'kong/route', 'sources[].ip'],
    ['/routes/1/plugins/0/config/limits/video/minute', 'kong/plugins/response-ratelimiting', 'limits.video.minute'],
    ['/services/0/url', 'kong/service', 'url'],
    ['/_format_version', 'kong', '_format_version'],
  ])('%s of %s is %s', (pointer, by, name) => expect(settingName(pointer, by)).toBe(name));
});
