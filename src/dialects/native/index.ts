import type { Exchange } from '../../engine/exchange.ts';
import type { MatcherKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault, type FaultBook } from '../../model/fault.ts';
import { defaultLimits, proxyDefaults, type Site } from '../../model/gateway.ts';
import { nowhere } from '../../model/origin.ts';
import type { Dialect } from '../dialect.ts';

const say = (status: number, message: string) => () => ({ status, headers: ['Content-Type', 'application/json'], body: JSON.stringify({ message }) });
const core: FaultBook<Exchange | null> = {
  'bad-request': say(400, 'bad request'),
  'method-unknown': say(400, 'x'),
  'target-too-long': say(414, 'x'),
  'header-too-large': say(431, 'x'),
  'body-too-large': say(413, 'x'),
  'length-required': say(411, 'x'),
  'request-timeout': say(408, 'x'),
  'unsupported-media-type': say(415, 'x'),
  'no-route': say(404, 'no route'),
  'method-not-allowed': say(405, 'x'),
  unauthenticated: say(401, 'x'),
  forbidden: say(403, 'x'),
  'rate-limited': say(429, 'x'),
  'upstream-unmapped': say(502, 'x'),
  'upstream-unresolved': say(502, 'x'),
  'upstream-unreachable': say(502, 'x'),
  'upstream-connect-timeout': say(504, 'x'),
  'upstream-timeout': say(504, 'x'),
  'upstream-reset': say(502, 'x'),
  'upstream-malformed': say(502, 'x'),
  'too-many-jumps': say(500, 'x'),
  'not-implemented': say(501, 'x'),
  internal: say(500, 'internal'),
};
const matcher: MatcherKind<null> = {
  kind: 'native/match',
  build: (_options, routes) => (exchange) => {
    const route = routes.find((one) => one.when === '/*' || one.when === exchange.path);
    return route ? { route, params: {} } : refuse(fault('no-route', { path: exchange.path }));
  },
};

/** PLACEHOLDER: proves the core until the dialect is written. */
export const native: Dialect = {
  name: 'native',
  kit: { matchers: [matcher], faultBooks: [{ kind: 'native/faults', build: () => ({ core, own: {} }) }] },
  recognises: (source) => source.absolute === '' || source.basename.startsWith('devgateway.'),
  compile: ({ sources, ledger }) =>
    sources.map((source): Site => {
      const root = source.settings(ledger, 'native');
      const empty = { request: [], head: [], body: [], log: [], destination: null };
      return {
        id: 'native',
        dialect: 'native',
        faults: { kind: 'native/faults', options: null, origin: nowhere },
        matcher: { kind: 'native/match', options: null, origin: nowhere },
        listeners: [],
        hosts: [],
        arrival: [],
        noRoute: empty,
        limits: defaultLimits,
        routes: root
          .get('routes')
          .items()
          .map((route, index) => {
            const upstream = route.get('upstream').string() ?? '';
            const path = route.get('match').get('path').string() ?? '/*';
            return {
              ...empty,
              id: String(index),
              when: path,
              origin: route.origin,
              label: { match: path, upstream },
              destination: {
                kind: 'proxy',
                options: { ...proxyDefaults, names: [upstream], url: `http://${upstream}` },
                origin: route.origin,
                children: [],
              },
            };
          }),
      };
    }),
};
