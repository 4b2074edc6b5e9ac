import { compileRegex } from '../../matching/regex.ts';
import { matches, type TrafficFilter } from '../../traffic/traffic.ts';
import type { Call, Operation } from '../operation.ts';
import { Refusal } from '../problem.ts';
import type { Schema } from '../schema.ts';
import { toWire } from '../wire.ts';

const filters: Readonly<Record<string, Schema>> = {
  method: { type: 'string' },
  path: { type: 'string', description: 'The whole path, without the query.' },
  pathPattern: { type: 'string', description: 'A regular expression that the path has a match of.' },
  status: { type: 'integer' },
  route: { type: 'string' },
  forwarded: { type: 'boolean', description: 'Whether anything was sent on.' },
  after: { type: 'integer', description: 'Only exchanges whose id is greater.' },
};
const exchanges: Schema = {
  type: 'object',
  properties: {
    exchanges: {
      type: 'array',
      items: { type: 'object' },
      description:
        'The oldest first: id, at, durationMs, scope, route, decidedBy, steps, four messages with rawHeaders and bodyBase64, and the frames of a WebSocket with dataBase64.',
    },
  },
};
type Query = Exclude<TrafficFilter, (...given: never) => unknown> & { readonly pathPattern?: string; readonly after?: number };

function filterOf({ query }: Call): TrafficFilter {
  const { pathPattern, after = 0, method, path, status, route, forwarded } = query as Query;
  const wanted = {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(status === undefined ? {} : { status }),
    ...(route === undefined ? {} : { route }),
    ...(forwarded === undefined ? {} : { forwarded }),
  };
  const pattern = pathPattern === undefined ? null : patternOf(pathPattern);
  return (one) => one.id > after && matches(wanted, one) && (pattern === null || pattern.test(one.request.path));
}

function patternOf(text: string): RegExp {
  try {
    return compileRegex(text);
  } catch (error) {
    throw new Refusal(400, `pathPattern: ${(error as Error).message}`);
  }
}

const query: Operation = {
  id: 'queryTraffic',
  method: 'get',
  path: '/v1/traffic',
  summary: 'Exchanges that are over, the oldest first',
  scoped: true,
  query: { ...filters, limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 1_000, description: 'The last so many.' } },
  answer: exchanges,
  run: (call) => ({ exchanges: call.target.traffic.query(filterOf(call)).slice(-Number(call.query['limit'])).map(toWire) }),
};

const wait: Operation = {
  id: 'waitForTraffic',
  method: 'get',
  path: '/v1/traffic/wait',
  summary: 'Answers as soon as there are so many exchanges like this, those that are over counted',
  scoped: true,
  query: {
    ...filters,
    count: { type: 'integer', minimum: 1, maximum: 1_000, default: 1 },
    timeoutMs: { type: 'integer', minimum: 0, maximum: 600_000, default: 5_000, description: 'Of the machine’s time.' },
  },
  answer: exchanges,
  also: { 408: 'They did not come in time.' },
  async run(call) {
    const { count, timeoutMs } = call.query as { readonly count: number; readonly timeoutMs: number };
    const filter = filterOf(call);
    const found = await call.target.traffic.waitFor(filter, { count, timeoutMs, signal: call.signal }).catch((error: unknown) => {
      throw new Refusal(408, (error as Error).message);
    });
    return { exchanges: found.map(toWire) };
  },
};

const clear: Operation = {
  id: 'clearTraffic',
  method: 'delete',
  path: '/v1/traffic',
  summary: 'Forgets what has passed',
  scoped: true,
  run: ({ target }) => target.traffic.clear(),
};

export const trafficOperations: readonly Operation[] = [query, wait, clear];
