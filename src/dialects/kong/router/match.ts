import type { MatcherKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { fault } from '../../../model/fault.ts';
import type { Route } from '../../../model/gateway.ts';
import { otherAttributes, splitHost, type PathHit, type PathTest, type Seen } from './attributes.ts';
import { compileExpression, type ExpressionMatch } from './expression.ts';
import { compareRanks, rankCompatible, rankTraditional } from './order.ts';
import { normalizeUri } from './uri.ts';
import type { KongWhen, RouterOptions } from './when.ts';

/** What the router found out, for the steps that make the upstream request. */
export interface RouterHit extends PathHit {
  readonly uri: string;
}
export const routerHit: Slot<RouterHit> = slot('kong router hit');

interface Candidate {
  readonly route: Route;
  readonly paths: readonly PathTest[];
  readonly rank: readonly number[];
  readonly holds: (seen: Seen) => boolean;
  readonly expression: ((seen: Seen) => ExpressionMatch | undefined) | null;
}

/** Kong's router: candidates in the order of their rank, the first whose attributes all match. */
export const kongMatcher: MatcherKind<RouterOptions> = {
  kind: 'kong/router',
  build({ flavor }, routes) {
    const rank = flavor === 'traditional' ? rankTraditional : rankCompatible;
    const candidates = routes
      .flatMap((route): Candidate[] => {
        const when = route.when as KongWhen;
        if (when.expression !== '')
          return [{ route, paths: [], rank: [Infinity, when.priority], holds: () => true, expression: compileExpression(when.expression) }];
        const { holds } = otherAttributes(when);
        return rank(when).map((one) => ({ route, paths: one.paths, rank: one.rank, holds, expression: null }));
      })
      .map((one, index) => ({ one, index }))
      .sort((a, b) => compareRanks(a.one.rank, b.one.rank) || a.index - b.index)
      .map(({ one }) => one);

    return (exchange) => {
      const uri = normalizeUri(exchange.path);
      const { host, port } = splitHost(exchange.arrived.headers.get('host') ?? '');
      const { secure } = exchange.connection;
      const seen: Seen = {
        exchange,
        uri,
        host,
        hostPort: port === 0 ? (secure ? 443 : 80) : port,
        secure,
        sni: exchange.connection.serverName ?? '',
      };
      for (const { route, paths, holds, expression } of candidates) {
        let hit: PathHit | undefined = nothingMatched;
        if (expression !== null) hit = expression(seen);
        else if (paths.length > 0) hit = firstHit(paths, uri);
        if (hit === undefined || !holds(seen)) continue;
        exchange.write(routerHit, { uri, matched: hit.matched, captures: hit.captures });
        return { route, params: hit.captures };
      }
      return refuse(fault('no-route', { path: uri }));
    };
  },
};

const nothingMatched: PathHit = { matched: '', captures: {} };

function firstHit(paths: readonly PathTest[], uri: string): PathHit | undefined {
  for (const path of paths) {
    const hit = path.match(uri);
    if (hit !== undefined) return hit;
  }
  return undefined;
}
