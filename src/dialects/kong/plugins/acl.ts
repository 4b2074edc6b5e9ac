import { refuse } from '../../../engine/outcome.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Acl {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly hide: boolean;
  readonly allowSet: boolean;
}

/** Source: kong/plugins/acl/handler.lua. */
export const acl: KongPlugin = definePlugin<Acl>({
  name: 'acl',
  read(config) {
    config.get('always_use_authenticated_groups').boolean();
    const allow = config.get('allow').exists ? config.get('allow') : config.get('whitelist');
    const deny = config.get('deny').exists ? config.get('deny') : config.get('blacklist');
    return {
      access: { allow: allow.strings(), allowSet: allow.exists, deny: deny.strings(), hide: config.get('hide_groups_header').boolean() ?? false },
    };
  },
  access({ allow, allowSet, deny, hide }) {
    return (exchange) => {
      const { consumer, credential } = exchange.caller;
      if (consumer === undefined)
        return refuse(credential === undefined ? kongError(401, 'Unauthorized') : kongError(403, 'You cannot consume this service'));
      const inside = (groups: readonly string[]): boolean => groups.some((one) => consumer.groups.includes(one));
      const passes = allowSet ? inside(allow) : !inside(deny);
      if (!passes) return refuse(kongError(403, 'You cannot consume this service'));
      if (hide || consumer.groups.length === 0) exchange.outgoing.headers.remove('x-consumer-groups');
      else exchange.outgoing.headers.set('X-Consumer-Groups', consumer.groups.join(', '));
      return undefined;
    };
  },
});
