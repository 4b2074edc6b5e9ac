import { refuse } from '../../../engine/outcome.ts';
import { fault } from '../../../model/fault.ts';
import { alreadyKnown, anonymousOf, refuseOrAnonymous, type Anonymous } from '../consumer.ts';
import { kongError } from '../faults.ts';
import { decodeBase64 } from '../secrets.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface LdapAuth {
  readonly scheme: string;
  readonly challenge: string;
  readonly anonymous: Anonymous;
}
const directory = 'there is no directory here to ask';
const notRead = ['ldap_host', 'ldap_port', 'ldaps', 'start_tls', 'verify_ldap_host', 'base_dn', 'attribute', 'cache_ttl', 'timeout', 'keepalive'];

/** Source: kong/plugins/ldap-auth/access.lua, up to the question for the directory: whoever would have to be asked for is told 501. */
export const ldapAuth: KongPlugin = definePlugin<LdapAuth>({
  name: 'ldap-auth',
  read(config, { consumers }) {
    for (const name of ['ldap_host', 'base_dn', 'attribute'])
      if (!config.get(name).exists) config.problem('DG1204', `${config.name} has no ${name}`, 'required field missing');
    for (const name of notRead) config.get(name).ignored(directory);
    config.get('hide_credentials').ignored('nobody passes with credentials');
    config.warning(
      'DG1208',
      'the plugin "ldap-auth" is mirrored only as far as no directory is asked',
      'what a directory would have to be asked for answers 501',
    );
    const type = config.get('header_type').string() ?? 'ldap';
    const scheme = type === 'ldap' ? 'LDAP' : type;
    const realm = config.get('realm').string();
    return {
      access: {
        scheme: type.toLowerCase(),
        challenge: realm === undefined ? scheme : `${scheme} realm="${realm}"`,
        anonymous: anonymousOf(config.get('anonymous').string(), consumers),
      },
    };
  },
  access({ scheme, challenge, anonymous }, { secretFields }) {
    for (const name of ['authorization', 'proxy-authorization']) secretFields.add(name);
    const refusal = kongError(401, 'Unauthorized', ['WWW-Authenticate', challenge]);
    const unknowable = refuse(fault('not-implemented', { what: 'the directory of the plugin ldap-auth' }));
    return (exchange) => {
      if (alreadyKnown(exchange, anonymous)) return undefined;
      const { headers } = exchange.arrived;
      const given = ['proxy-authorization', 'authorization'].some((name) => holdsCredentials(headers.get(name) ?? '', scheme));
      return given ? unknowable : refuseOrAnonymous(exchange, anonymous, refusal);
    };
  },
});

function holdsCredentials(value: string, scheme: string): boolean {
  const [word = '', coded = ''] = value.trim().split(/\s+/, 2);
  return word.toLowerCase() === scheme && /:./s.test(decodeBase64(coded) ?? '');
}
