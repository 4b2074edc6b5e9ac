import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import { authenticatedGroups } from '../consumer.ts';
import type { KongConsumer } from '../entities/consumer.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Acl {
  /** Deny counts where it names somebody. */
  readonly deny: boolean;
  readonly groups: readonly string[];
  readonly hide: boolean;
  readonly alwaysAuthenticated: boolean;
  /** Of each consumer, the consumer groups that count beside those of the plugin. */
  readonly consumerGroups: Readonly<Record<string, readonly string[]>>;
}

/** Source: kong/plugins/acl/handler.lua. */
export const acl: KongPlugin = definePlugin<Acl>({
  name: 'acl',
  read(config, { consumers }) {
    const allow = config.get('allow').exists ? config.get('allow') : config.get('whitelist');
    const deny = config.get('deny').exists ? config.get('deny') : config.get('blacklist');
    const [allowed, denied] = [allow.strings(), deny.strings()];
    if (allowed.length > 0 && denied.length > 0)
      config.problem('DG1203', `${config.name} has allow and deny`, 'only one of these fields must be non-empty: allow, deny');
    else if (allowed.length + denied.length === 0)
      config.problem('DG1204', `${config.name} has neither allow nor deny`, 'at least one of these fields must be non-empty: allow, deny');
    const include = config.get('include_consumer_groups').approximately('from public documentation').boolean() ?? false;
    return {
      access: {
        deny: denied.length > 0,
        groups: denied.length > 0 ? denied : allowed,
        hide: config.get('hide_groups_header').boolean() ?? false,
        alwaysAuthenticated: config.get('always_use_authenticated_groups').boolean() ?? false,
        consumerGroups: include ? Object.fromEntries(consumers.map((one) => [one.id, consumerGroupsOf(one)])) : {},
      },
    };
  },
  access: (options) => (exchange) => {
    const { consumer, credential } = exchange.caller;
    const vouched =
      consumer === undefined || credential === undefined || options.alwaysAuthenticated ? exchange.read(authenticatedGroups) : undefined;
    if (vouched !== undefined) return judge(exchange, options, 'X-Authenticated-Groups', vouched);
    const groups = consumer === undefined ? [] : [...consumer.groups, ...(options.consumerGroups[consumer.id] ?? [])];
    if (consumer === undefined || (groups.length === 0 && !options.deny))
      return refuse(credential === undefined ? kongError(401, 'Unauthorized') : forbidden);
    return judge(exchange, options, 'X-Consumer-Groups', groups);
  },
});

const forbidden = kongError(403, 'You cannot consume this service');

function judge(exchange: Exchange, { deny, groups: listed, hide }: Acl, field: string, groups: readonly string[]): Outcome {
  if (listed.some((one) => groups.includes(one)) === deny) return refuse(forbidden);
  if (!hide) exchange.outgoing.headers.set(field, groups.join(', '));
  return undefined;
}

/** Names of the consumer groups that the consumer itself lists. */
const consumerGroupsOf = ({ setting }: KongConsumer): readonly string[] =>
  setting
    .get('groups')
    .items()
    .flatMap((one) => (one.kind === 'map' ? one.get('name').string() : one.string()) ?? []);
