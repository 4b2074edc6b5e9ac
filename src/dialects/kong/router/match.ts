import type { MatcherKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { fault } from '../../../model/fault.ts';
import { clientFinder } from '../client-address.ts';
import type { Seen } from './atc/fields.ts';
import { compatibleRouter } from './compatible.ts';
import { remarksOn } from './explain.ts';
import { traditionalRouter } from './traditional.ts';
import { normalizeUri } from './uri.ts';
import type { RouterOptions } from './when.ts';

/** What the router found out, for the steps that make the upstream request. */
export interface RouterHit {
  readonly uri: string;
  /** What of the path the route covered. */
  readonly matched: string;
  readonly captures: Readonly<Record<string, string>>;
}
export const routerHit: Slot<RouterHit> = slot('kong router hit');

const fewContenders = 100;

/** Kong's router, in the flavor of the node. */
export const kongMatcher: MatcherKind<RouterOptions> = {
  kind: 'kong/router',
  build({ flavor, calculation, realIp, portMaps }, routes) {
    const router = flavor === 'traditional' ? traditionalRouter(routes) : compatibleRouter(routes, flavor, calculation);
    const clientOf = clientFinder(realIp);
    return (exchange) => {
      const uri = normalizeUri(exchange.path);
      const field = exchange.arrived.headers.get('host');
      const [, host = field, port] = field === undefined ? [] : (/^([^:]*):(\d+)$/.exec(field) ?? []);
      const seen: Seen = {
        exchange,
        uri,
        host,
        port: port === undefined ? (portMaps[exchange.listener.port] ?? exchange.listener.port) : Number(port),
        scheme: exchange.connection.secure ? 'https' : 'http',
        client: clientOf(exchange),
      };
      const found = router.find(seen);
      // Recorded traffic is traced too: there the others are asked only where they are few.
      if (exchange.trace !== null && (exchange.dry || router.size <= fewContenders)) {
        for (const { route, message } of remarksOn(router.contenders(seen), found?.route))
          exchange.note(message, { kind: 'kong/router', options: null, origin: route.origin });
      }
      if (found === undefined) return refuse(fault('no-route', { path: uri }));
      const { route, matched, captures } = found;
      exchange.write(routerHit, { uri, matched, captures });
      return { route, params: captures };
    };
  },
};
