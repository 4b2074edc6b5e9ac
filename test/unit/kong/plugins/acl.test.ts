import { describe, expect, it } from 'vitest';
import { ask, guarded, seenBy, startKong } from './start-kong.ts';

const consumers = `consumers:
  - { username: ann, keyauth_credentials: [{ key: ann }], acls: [{ group: admin }, { group: pro }], groups: [{ name: gold }] }
  - { username: bob, keyauth_credentials: [{ key: bob }] }
  - { username: nobody, acls: [{ group: guests }] }
  - { username: plain }
`;
const acl = (settings: string, keyAuth = '{}'): string =>
  guarded(`[{ name: key-auth, config: ${keyAuth} }, { name: acl, config: { ${settings} } }]`, consumers);
const answerOf = async (declarative: string, target: string): Promise<unknown> => {
  await using gateway = await startKong(declarative);
  const answer = await ask(gateway, target, { headers: { 'x-consumer-groups': 'forged' } });
  if (answer.status !== 200) return [answer.status, ((await answer.json()) as { message: string }).message];
  return (await seenBy(answer)).headers['x-consumer-groups'];
};
const forbidden = [403, 'You cannot consume this service'];

describe('acl', () => {
  it.each([
    ['allow: [admin]', '/?apikey=ann', 'admin, pro'],
    ['allow: [other, pro]', '/?apikey=ann', 'admin, pro'],
    ['whitelist: [admin]', '/?apikey=ann', 'admin, pro'],
    ['allow: [other]', '/?apikey=ann', forbidden],
    ['allow: [admin]', '/?apikey=bob', forbidden],
    ['deny: [admin]', '/?apikey=ann', forbidden],
    ['blacklist: [admin]', '/?apikey=ann', forbidden],
    ['deny: [other]', '/?apikey=ann', 'admin, pro'],
    ['deny: [admin]', '/?apikey=bob', ''],
    ['allow: [admin], hide_groups_header: true', '/?apikey=ann', 'forged'],
    ['allow: [gold]', '/?apikey=ann', forbidden],
    ['allow: [gold], include_consumer_groups: true', '/?apikey=ann', 'admin, pro, gold'],
    ['deny: [gold], include_consumer_groups: true', '/?apikey=ann', forbidden],
  ])('%s: %s', async (settings, target, expected) => {
    expect(await answerOf(acl(settings), target)).toEqual(expected);
  });

  it.each([
    ['allow: [guests]', 'nobody', 'guests'],
    ['allow: [admin]', 'nobody', forbidden],
    ['allow: [guests]', 'plain', [401, 'Unauthorized']],
    ['deny: [guests]', 'plain', ''],
  ])('%s where %s is the anonymous consumer', async (settings, anonymous, expected) => {
    expect(await answerOf(acl(settings, `{ anonymous: ${anonymous} }`), '/')).toEqual(expected);
  });

  it('lets nobody pass whom no plugin has identified', async () => {
    for (const settings of ['allow: [a]', 'deny: [a]'])
      expect(await answerOf(guarded(`[{ name: acl, config: { ${settings} } }]`), '/')).toEqual([401, 'Unauthorized']);
  });

  it.each([
    ['', 'DG1204'],
    ['allow: [a], deny: [b]', 'DG1203'],
  ])('refuses the settings {%s}', async (settings, code) => {
    await expect(startKong(acl(settings))).rejects.toMatchObject({ code });
  });

  it('is told of once, wherever it stands', async () => {
    const services = ['a', 'b'].map((one) => `  - { url: 'http://${one}', routes: [{ paths: [/${one}] }] }\n`).join('');
    const refused = startKong(`services:\n${services}plugins: [{ name: acl }]\n`);
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: 'DG1204', line: 5 }] });
    await expect(refused).rejects.not.toHaveProperty('diagnostics.1');
  });
});
