import type { StepKind } from '../../engine/kit.ts';
import { isProxied } from './proxied.ts';
import { requestId } from './request-id.ts';
import { kongVersion, wantsTrailers } from './upstream-request.ts';

export interface OwnFieldsOptions {
  /** Lower-case names that `headers` of kong.conf allows. */
  readonly fields: readonly string[];
  /** Whether the route's service is asked by gRPC: only Via tells. */
  readonly grpc: boolean;
}

const token = `kong/${kongVersion}`;

/** Kong's own response fields: tokens, latencies, request id (kong.runloop.handler, header_filter). */
export const ownFieldsStep: StepKind<OwnFieldsOptions> = {
  kind: 'kong/own-fields',
  create({ fields, grpc }, { clock, random }) {
    const on = new Set(fields);
    return (exchange) => {
      const { response } = exchange;
      if (response === null) return undefined;
      const { headers } = response;
      const elapsed = String(Math.max(0, Math.round((exchange.clock ?? clock).now() - exchange.startedAt)));
      if (isProxied(exchange)) {
        if (headers.has('trailer') && !wantsTrailers(exchange.arrived.headers)) headers.remove('trailer');
        if (on.has('x-kong-upstream-status')) headers.set('X-Kong-Upstream-Status', String(response.status));
        if (on.has('x-kong-upstream-latency')) headers.set('X-Kong-Upstream-Latency', elapsed);
        if (on.has('x-kong-proxy-latency')) headers.set('X-Kong-Proxy-Latency', '0');
        if (on.has('via')) {
          const before = headers.joined('via');
          headers.set('Via', `${before === undefined ? '' : `${before}, `}${grpc ? '2' : '1.1'} ${token}`);
        }
        // nginx would name itself where the upstream does not.
        if (on.has('server') && !headers.has('server')) headers.set('Server', token);
      } else {
        if (on.has('x-kong-response-latency')) headers.set('X-Kong-Response-Latency', elapsed);
        // A plugin that answers and says by Via that it was Kong keeps its Server field.
        if (!(on.has('via') && headers.get('via') === token)) {
          if (on.has('server')) headers.set('Server', token);
          else headers.remove('server');
        }
      }
      if (on.has('x-kong-request-id')) headers.set('X-Kong-Request-Id', requestId(exchange, random));
      return undefined;
    };
  },
};
