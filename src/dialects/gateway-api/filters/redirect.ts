import type { Exchange } from '../../../engine/exchange.ts';
import type { StepKind } from '../../../engine/kit.ts';
import { reply } from '../../../engine/outcome.ts';
import type { Setting } from '../../../sources/setting.ts';
import { invalidReference } from '../own-faults.ts';
import { modifiedPath, readPathModifier, type PathModifier } from './path-modifier.ts';

export interface RedirectOptions {
  readonly scheme: string | null;
  readonly hostname: string | null;
  readonly port: number | null;
  readonly path: PathModifier | null;
  readonly status: number;
}

const statuses = ['301', '302', '303', '307', '308'] as const;
const wellKnown: Readonly<Record<string, number>> = { http: 80, https: 443 };

export const readRedirect = (filter: Setting): RedirectOptions => ({
  scheme: filter.get('scheme').oneOf('http', 'https') ?? null,
  hostname: filter.get('hostname').string() ?? null,
  port: filter.get('port').number({ min: 1, max: 65_535, integer: true }) ?? null,
  path: readPathModifier(filter.get('path')),
  status: Number(filter.get('statusCode').oneOf(...statuses) ?? 302),
});

export const requestRedirect: StepKind<RedirectOptions> = {
  kind: 'gateway-api/redirect',
  create(options) {
    return (exchange) => {
      const path = options.path === null ? exchange.path : modifiedPath(options.path, exchange);
      if (path === undefined) return invalidReference('ReplacePrefixMatch needs a match of the type PathPrefix');
      const target = exchange.query === '' ? path : `${path}?${exchange.query}`;
      return reply(options.status, ['Location', `${authorityOf(options, exchange)}${target}`], '');
    };
  },
};

/**
 * The port that is said; else the usual one of a scheme that is said; else the listener's, whatever the client has written. None where it is
 * the usual one (HTTPRequestRedirectFilter of the API).
 */
function authorityOf({ scheme: said, hostname, port: given }: RedirectOptions, { listener, connection, arrived }: Exchange): string {
  const scheme = said ?? (connection.secure || listener.protocol === 'https' ? 'https' : 'http');
  const port = given ?? (said === null ? listener.port : wellKnown[said]);
  const host = hostname ?? (arrived.headers.get('host') ?? '').replace(/:\d*$/, '');
  return `${scheme}://${host}${port === undefined || port === wellKnown[scheme] ? '' : `:${port}`}`;
}
