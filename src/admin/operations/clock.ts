import type { Call, Operation } from '../operation.ts';
import type { Schema } from '../schema.ts';

const time: Schema = { type: 'object', properties: { now: { type: 'number', description: 'In ms since 1970.' }, date: { type: 'string' } } };
const shown = ({ target: { clock } }: Call): object => ({ now: clock.now(), date: new Date(clock.now()).toISOString() });

function move(id: string, summary: string, act: (call: Call) => unknown, schema?: Schema): Operation {
  return {
    id: `${id}Clock`,
    method: 'post',
    path: `/v1/clock/${id}`,
    summary,
    scoped: true,
    ...(schema === undefined ? {} : { body: { schema, required: true } }),
    answer: time,
    async run(call) {
      await act(call);
      return shown(call);
    },
  };
}
const only = (name: string, schema: Schema): Schema => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
});

export const clockOperations: readonly Operation[] = [
  { id: 'getClock', method: 'get', path: '/v1/clock', summary: 'The time of the gateway', scoped: true, answer: time, run: shown },
  move(
    'advance',
    'Moves the clock on, waking what is due; answers when what was woken waits again',
    ({ target, body }) => target.clock.advance((body as { ms: number }).ms),
    only('ms', { type: 'number', minimum: 0, maximum: 1e15 }),
  ),
  move('freeze', 'Stops the clock where it stands', ({ target }) => target.clock.freeze()),
  move('unfreeze', 'Lets a frozen clock run on from where it stands', ({ target }) => target.clock.unfreeze()),
  move(
    'travel',
    'Sets the clock to a date',
    ({ target, body }) => target.clock.travel((body as { to: string | number }).to),
    only('to', { anyOf: [{ type: 'string' }, { type: 'number' }], description: 'A date, or ms since 1970.' }),
  ),
];
