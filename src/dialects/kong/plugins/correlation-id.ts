import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { uuid } from '../request-id.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface CorrelationId {
  readonly header: string;
  readonly generator: string;
  readonly echo: boolean;
}
/** Logs show it too. */
export const correlationIdSlot: Slot<string> = slot('kong correlation id');

/** Source: kong/plugins/correlation-id/handler.lua. */
export const correlationId: KongPlugin = definePlugin<CorrelationId, CorrelationId>({
  name: 'correlation-id',
  read(config) {
    const given = config.get('generator');
    const generator = given.oneOf('uuid', 'uuid#counter', 'tracker') ?? 'uuid#counter';
    if (generator === 'tracker')
      given.approximately('the address, the process and the connection that it names are not those of production').string();
    const options = {
      header: config.get('header_name').string() ?? 'Kong-Request-ID',
      generator,
      echo: config.get('echo_downstream').boolean() ?? false,
    };
    return { access: options, ...(options.echo ? { headerFilter: options } : {}) };
  },
  access({ header, generator }, deps) {
    const make = generators(generator, deps);
    return (exchange) => {
      let id = exchange.outgoing.headers.get(header) ?? '';
      if (id === '') exchange.outgoing.headers.set(header, (id = make(exchange)));
      exchange.write(correlationIdSlot, id);
      return undefined;
    };
  },
  headerFilter({ header, generator }, deps) {
    const make = generators(generator, deps);
    return (exchange) => {
      // Nobody made one where no route matched.
      const id = exchange.read(correlationIdSlot) || exchange.arrived.headers.get(header) || make(exchange);
      exchange.response?.headers.set(header, id);
      return undefined;
    };
  },
});

function generators(generator: string, { random, clock, memory }: Deps): (exchange: Exchange) => string {
  if (generator === 'uuid') return () => uuid(random);
  if (generator === 'tracker')
    return (exchange) => {
      const { listener } = exchange;
      return `127.0.0.1-${listener.port}-1-1-1-${((exchange.clock ?? clock).now() / 1000).toFixed(3)}`;
    };
  return ({ scope }) => {
    const worker = memory.get(`${scope}kong:correlation-id`, () => ({ id: uuid(random), count: 0 }));
    worker.count += 1;
    return `${worker.id}#${worker.count}`;
  };
}
