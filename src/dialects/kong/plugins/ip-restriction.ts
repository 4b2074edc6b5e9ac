import { refuse } from '../../../engine/outcome.ts';
import { cidrMatcher, isCidr } from '../../../http/cidr.ts';
import type { Setting } from '../../../sources/setting.ts';
import { clientFinder, type RealIp } from '../client-address.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Restriction {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly status: number;
  readonly message: string | null;
  readonly realIp: RealIp;
}

/** Source: kong/plugins/ip-restriction/handler.lua and schema.lua. Denied before allowed. */
export const ipRestriction: KongPlugin = definePlugin<Restriction>({
  name: 'ip-restriction',
  read(config, { node }) {
    const allow = [...readBlocks(config.get('allow')), ...readBlocks(config.get('whitelist'))];
    const deny = [...readBlocks(config.get('deny')), ...readBlocks(config.get('blacklist'))];
    if (['allow', 'deny', 'whitelist', 'blacklist'].every((key) => config.get(key).items().length === 0))
      config.problem('DG1204', `${config.name} has neither allow nor deny`, "at least one of these fields must be non-empty: 'allow', 'deny'");
    const status = config.get('status').number({ min: 100, max: 599, integer: true }) ?? 403;
    return { access: { allow, deny, status, message: config.get('message').string() ?? null, realIp: node.realIp } };
  },
  access(options) {
    const [allowed, denied] = [cidrMatcher(options.allow), cidrMatcher(options.deny)];
    const clientOf = clientFinder(options.realIp);
    return (exchange) => {
      const { address } = clientOf(exchange);
      const refused = (options.deny.length > 0 && denied(address)) || (options.allow.length > 0 && !allowed(address));
      return refused ? refuse(kongError(options.status, options.message ?? `IP address not allowed: ${address}`)) : undefined;
    };
  },
});

const readBlocks = (setting: Setting): string[] =>
  setting.items().flatMap((item) => {
    const text = item.string() ?? '';
    if (isCidr(text)) return [text];
    item.problem('DG1203', `${item.name}: invalid ip or cidr range: '${text}'`, 'expected an address or a block such as 10.0.0.0/8');
    return [];
  });
