import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { uuid } from '../request-id.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface CorrelationId {
  readonly header: string;
  readonly generator: string;
  readonly echo: boolean;
}
const idSlot: Slot<string> = slot('kong correlation id');

/** Source: kong/plugins/correlation-id/handler.lua. */
export const correlationId: KongPlugin = definePlugin<CorrelationId, CorrelationId>({
  name: 'correlation-id',
  read(config) {
    const options = {
      header: config.get('header_name').string() ?? 'Kong-Request-ID',
      generator: config.get('generator').oneOf('uuid', 'uuid#counter', 'tracker') ?? 'uuid#counter',
      echo: config.get('echo_downstream').boolean() ?? false,
    };
    return { access: options, ...(options.echo ? { headerFilter: options } : {}) };
  },
  access({ header, generator }, { random, clock, memory }) {
    const worker = uuid(random);
    const make = (exchange: Exchange): string => {
      const counter = memory.get(`${exchange.scope}kong:correlation-id`, () => ({ count: 0 }));
      counter.count += 1;
      if (generator === 'uuid') return uuid(random);
      if (generator === 'uuid#counter') return `${worker}#${counter.count}`;
      return `127.0.0.1-8000-1-${counter.count}-1-${((exchange.clock ?? clock).now() / 1000).toFixed(3)}`;
    };
    return (exchange) => {
      const given = exchange.arrived.headers.get(header);
      const id = given === undefined || given === '' ? make(exchange) : given;
      exchange.outgoing.headers.set(header, id);
      exchange.write(idSlot, id);
      return undefined;
    };
  },
  headerFilter:
    ({ header }) =>
    (exchange) => {
      const id = exchange.read(idSlot) ?? exchange.arrived.headers.get(header);
      if (id !== undefined) exchange.response?.headers.set(header, id);
      return undefined;
    },
});
