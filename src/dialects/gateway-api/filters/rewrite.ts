import type { StepKind } from '../../../engine/kit.ts';
import type { Setting } from '../../../sources/setting.ts';
import { invalidReference } from '../own-faults.ts';
import { modifiedPath, readPathModifier, type PathModifier } from './path-modifier.ts';

export interface RewriteOptions {
  /** What Host becomes; null: it stays. */
  readonly hostname: string | null;
  readonly path: PathModifier | null;
}

export const readRewrite = (filter: Setting): RewriteOptions => ({
  hostname: filter.get('hostname').string() ?? null,
  path: readPathModifier(filter.get('path')),
});

export const urlRewrite: StepKind<RewriteOptions> = {
  kind: 'gateway-api/rewrite',
  create({ hostname, path }) {
    return (exchange) => {
      const { outgoing, query } = exchange;
      if (hostname !== null) outgoing.headers.set('Host', hostname);
      if (path === null) return undefined;
      const made = modifiedPath(path, exchange);
      if (made === undefined) return invalidReference('ReplacePrefixMatch needs a match of the type PathPrefix');
      outgoing.target = query === '' ? made : `${made}?${query}`;
      return undefined;
    };
  },
};
