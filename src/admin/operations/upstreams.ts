import { validateHeaderName, validateHeaderValue, type RequestListener } from 'node:http';
import type { UserFunction } from '../../engine/kit.ts';
import type { Gateway, Scope } from '../../gateway/types.ts';
import type { PlannedFault } from '../../transport/planned-faults.ts';
import type { LiveTarget } from '../../transport/upstreams.ts';
import type { Call, Operation } from '../operation.ts';
import { Refusal } from '../problem.ts';
import type { Schema } from '../schema.ts';

const text: Schema = { type: 'string' };
const status: Schema = { type: 'integer', minimum: 200, maximum: 599 };
const headers: Schema = { type: 'object', additionalProperties: text };

const override: Schema = {
  anyOf: [
    {
      type: 'object',
      properties: { url: { ...text, description: 'Where it is from now on; of a function, where its event is sent.' } },
      required: ['url'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { status, headers, body: text, bodyBase64: text },
      required: ['status'],
      additionalProperties: false,
    },
  ],
};
const fault: Schema = {
  type: 'object',
  properties: {
    status,
    headers,
    body: text,
    delayMs: { type: 'number', minimum: 0, maximum: 1e15 },
    reset: { type: 'boolean' },
    times: { type: 'integer', minimum: 1, maximum: 1e15 },
  },
  additionalProperties: false,
};

/** How to take back what was put, by the clock of the gateway or scope: each has its own. */
type Put = WeakMap<object, Map<string, () => void>>;

/** Two operations on what may stand in the place of an upstream, or before it. */
function pair(what: 'override' | 'fault', summary: string, schema: Schema, put: (call: Call) => () => void): Operation[] {
  const undone: Put = new WeakMap();
  const known = ({ target }: Call): Map<string, () => void> => {
    let all = undone.get(target.clock);
    if (all === undefined) undone.set(target.clock, (all = new Map()));
    return all;
  };
  const path = `/v1/${what}s/{upstream}`;
  const name = what === 'override' ? 'Override' : 'Fault';
  return [
    {
      id: `put${name}`,
      method: 'put',
      path,
      summary,
      scoped: true,
      body: { schema, required: true },
      run(call) {
        checkFields((call.body as { readonly headers?: Readonly<Record<string, string>> }).headers ?? {});
        const undo = put(call);
        known(call).set(call.params['upstream'] ?? '', undo);
      },
    },
    {
      id: `delete${name}`,
      method: 'delete',
      path,
      summary: `Takes the ${what} back`,
      scoped: true,
      also: { 404: `No ${what} of that name was put here.` },
      run(call) {
        const all = known(call);
        const upstream = call.params['upstream'] ?? '';
        const undo = all.get(upstream);
        if (undo === undefined) throw new Refusal(404, `no ${what} was put for ${JSON.stringify(upstream)}`);
        all.delete(upstream);
        undo();
      },
    },
  ];
}

/** What node would not write must not wait until somebody asks. */
function checkFields(fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      throw new Refusal(400, `headers: ${(error as Error).message}`);
    }
  }
}

interface Canned {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bodyBase64?: string;
}

/** A URL, an answer that is always the same, or a function that lives behind a URL. */
export function handlerOf(upstream: string, given: { readonly url: string } | Canned): LiveTarget | UserFunction {
  const isFunction = upstream.startsWith('function:');
  if ('url' in given) {
    if (!/^(?:https?|unix|echo):/i.test(given.url) || !URL.canParse(given.url))
      throw new Refusal(400, `url: ${JSON.stringify(given.url)} is no URL of http:, https:, unix: or echo:`);
    return isFunction ? functionAt(given.url) : given.url;
  }
  if (isFunction) throw new Refusal(400, 'a function gives a result, no answer: expected a url to which its event is sent');
  const bytes = given.bodyBase64 === undefined ? Buffer.from(given.body ?? '') : Buffer.from(given.bodyBase64, 'base64');
  const answer: RequestListener = (_req, res) => void res.writeHead(given.status, { ...given.headers }).end(bytes);
  return answer;
}

/** Sends the event there, as JSON `{ event, context }`; what comes back is the result. */
function functionAt(url: string): UserFunction {
  return async (event: unknown, context: unknown) => {
    const body = JSON.stringify({ event, context });
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!answer.ok) throw new Error(`the function at ${url} answered ${answer.status}`);
    return answer.json();
  };
}

const named = ({ params }: Call): string => params['upstream'] ?? '';
type Target = Pick<Gateway | Scope, 'override' | 'fault'>;

export const upstreamOperations = (): readonly Operation[] => [
  ...pair('override', 'Puts a URL or an answer in the place of an upstream (`*`: of all), or of `function:NAME`', override, (call) =>
    (call.target as Target).override(named(call), handlerOf(named(call), call.body as { url: string } | Canned)),
  ),
  ...pair('fault', 'Makes an upstream answer a status, wait or break off', fault, (call) =>
    (call.target as Target).fault(named(call), call.body as PlannedFault),
  ),
];
