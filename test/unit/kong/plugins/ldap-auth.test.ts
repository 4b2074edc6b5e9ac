import { describe, expect, it } from 'vitest';
import { ask, guarded, refusal, seenBy, startKong } from './start-kong.ts';

const config = (settings = ''): string =>
  guarded(`[{ name: ldap-auth, config: { ldap_host: d, base_dn: 'dc=d', attribute: cn ${settings} } }]`, 'consumers: [{ username: nobody }]\n');
const coded = Buffer.from('ann:pass').toString('base64');

describe('ldap-auth', () => {
  it.each([
    ['', 'LDAP'],
    [', header_type: basic', 'basic'],
    [', header_type: basic, realm: shop', 'basic realm="shop"'],
  ])('refuses who brings nothing that a directory could be asked for {%s}', async (settings, challenge) => {
    await using gateway = await startKong(config(settings));
    for (const authorization of [undefined, 'Bearer x', `${challenge.split(' ')[0]} %%`])
      expect(await refusal(await ask(gateway, '/', authorization === undefined ? {} : { headers: { authorization } }))).toEqual([
        401,
        'Unauthorized',
        challenge,
      ]);
    expect(gateway.diagnostics).toMatchObject([{ code: 'DG1208', severity: 'warning' }]);
  });

  it('says that there is no directory to ask', async () => {
    await using gateway = await startKong(config(', anonymous: nobody'));
    const answer = await ask(gateway, '/', { headers: { authorization: `ldap ${coded}` } });
    expect([answer.status, await answer.json()]).toMatchObject([
      501,
      { message: 'devgateway does not serve this: the directory of the plugin ldap-auth' },
    ]);
    expect((await seenBy(await ask(gateway, '/'))).headers['x-anonymous-consumer']).toBe('true');
  });

  it('wants to know its directory', async () => {
    await expect(startKong(guarded('[{ name: ldap-auth, config: { ldap_host: d, attribute: cn } }]'))).rejects.toMatchObject({ code: 'DG1204' });
  });
});
