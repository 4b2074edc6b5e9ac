import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { Fields } from '../../http/fields.ts';

const fieldsSlot: Slot<Fields> = slot('kong access fields');

/** `kong.response.set_header` in the access phase: the field stands in the response, whoever answers, before any header filter runs. */
export function setResponseField(exchange: Exchange, name: string, value: string): void {
  let fields = exchange.read(fieldsSlot);
  if (fields === undefined) exchange.write(fieldsSlot, (fields = new Fields()));
  fields.set(name, value);
}

/** First of the response-head list. What an upstream says of the same name stands beside it, as in nginx; what the answer of a plugin says stands alone. */
export const accessFieldsStep: StepKind<null> = {
  kind: 'kong/access-fields',
  create: () => (exchange) => {
    const { response } = exchange;
    const fields = exchange.read(fieldsSlot);
    if (response === null || fields === undefined) return undefined;
    const { headers, from } = response;
    const told = fields.copy();
    if (from !== 'upstream') told.filter((name) => !headers.has(name));
    headers.raw.unshift(...told.raw);
    return undefined;
  },
};
