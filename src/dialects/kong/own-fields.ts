import type { StepKind } from '../../engine/kit.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { requestId } from './request-id.ts';
import { kongVersion } from './upstream-request.ts';

/** Set where a plugin answers in the place of the upstream, and Kong speaks as if that had (ctx.KONG_PROXIED). */
export const proxiedSlot: Slot<true> = slot('kong proxied');

export interface OwnFieldsOptions {
  /** Lower-case names that `headers` of kong.conf allows. */
  readonly fields: readonly string[];
}

/** Kong's own response fields: tokens, latencies, request id (kong.runloop.handler, header_filter). */
export const ownFieldsStep: StepKind<OwnFieldsOptions> = {
  kind: 'kong/own-fields',
  create({ fields }, { clock, random }) {
    const on = new Set(fields);
    return (exchange) => {
      const { response } = exchange;
      if (response === null) return undefined;
      const { headers } = response;
      const elapsed = String(Math.max(0, Math.round((exchange.clock ?? clock).now() - exchange.startedAt)));
      if (response.from === 'upstream' || exchange.read(proxiedSlot) === true) {
        if (on.has('x-kong-upstream-status')) headers.set('X-Kong-Upstream-Status', String(response.status));
        if (on.has('x-kong-upstream-latency')) headers.set('X-Kong-Upstream-Latency', elapsed);
        if (on.has('x-kong-proxy-latency')) headers.set('X-Kong-Proxy-Latency', '0');
        if (on.has('via')) headers.set('Via', `${exchange.arrived.httpVersion} kong/${kongVersion}`);
      } else {
        if (on.has('x-kong-response-latency')) headers.set('X-Kong-Response-Latency', elapsed);
        if (on.has('server')) headers.set('Server', `kong/${kongVersion}`);
      }
      if (on.has('x-kong-request-id')) headers.set('X-Kong-Request-Id', requestId(exchange, random));
      return undefined;
    };
  },
};
