import { refuse } from '../../../engine/outcome.ts';
import { cidrMatcher } from '../../../http/cidr.ts';
import { forwardedAddress } from '../client-address.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Restriction {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly status: number;
  readonly message: string | null;
  readonly trustedIps: readonly string[];
}

/** Source: kong/plugins/ip-restriction/handler.lua. */
export const ipRestriction: KongPlugin = definePlugin<Restriction>({
  name: 'ip-restriction',
  read: (config, { node }) => ({
    access: {
      allow: (config.get('allow').exists ? config.get('allow') : config.get('whitelist')).strings(),
      deny: (config.get('deny').exists ? config.get('deny') : config.get('blacklist')).strings(),
      status: config.get('status').number() ?? 403,
      message: config.get('message').string() ?? null,
      trustedIps: node.trustedIps,
    },
  }),
  access(options) {
    const [allowed, denied, trusted] = [options.allow, options.deny, options.trustedIps].map(cidrMatcher) as [
      (one: string) => boolean,
      (one: string) => boolean,
      (one: string) => boolean,
    ];
    return (exchange) => {
      const address = forwardedAddress(exchange, trusted);
      const refused = (options.deny.length > 0 && denied(address)) || (options.allow.length > 0 && !allowed(address));
      return refused ? refuse(kongError(options.status, options.message ?? `IP address not allowed: ${address}`)) : undefined;
    };
  },
});
