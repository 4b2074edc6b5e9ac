import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { slot, type Slot } from '../../engine/slot.ts';

const fieldsSlot: Slot<[name: string, value: string][]> = slot('kong access fields');

/** `kong.response.set_header` in the access phase: the field stands in the response, whoever answers, before any header filter runs. */
export function setResponseField(exchange: Exchange, name: string, value: string): void {
  const fields = exchange.read(fieldsSlot) ?? [];
  const lower = name.toLowerCase();
  const at = fields.findIndex(([one]) => one.toLowerCase() === lower);
  if (at < 0) fields.push([name, value]);
  else fields[at] = [name, value];
  exchange.write(fieldsSlot, fields);
}

/** First of the response-head list. What an upstream says of the same name stands beside it, as in nginx; what the answer of a plugin says stands alone. */
export const accessFieldsStep: StepKind<null> = {
  kind: 'kong/access-fields',
  create: () => (exchange) => {
    const { response } = exchange;
    if (response === null) return undefined;
    const fields = exchange.read(fieldsSlot) ?? [];
    const told = response.from === 'upstream' ? fields : fields.filter(([name]) => !response.headers.has(name));
    response.headers.raw.unshift(...told.flat());
    return undefined;
  },
};
