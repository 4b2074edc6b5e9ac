import type { Exchange } from '../../../engine/exchange.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { kongExit } from '../faults.ts';
import { frame, unframe } from '../../../http/grpc-frames.ts';
import { compileTemplatePath, type TemplateMatch } from '../grpc/http-template.ts';
import { decodeMessage, encodeMessage } from '../grpc/message.ts';
import { readProto } from '../grpc/read-proto.ts';
import type { HttpBinding, ProtoMethod, ProtoSchema } from '../grpc/schema.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { queryTable } from './tables.ts';

interface Gateway {
  readonly schema: ProtoSchema | null;
}
interface Endpoint {
  readonly binding: HttpBinding;
  readonly method: ProtoMethod;
  readonly match: TemplateMatch;
}
/** The type that the upstream answers with; null: there is none, because the request was answered here. */
const answerSlot: Slot<string | null> = slot('kong grpc-gateway answer');

const corsFields = [
  'Content-Type',
  'application/json',
  'Access-Control-Allow-Methods',
  'GET,POST,PATCH,DELETE',
  'Access-Control-Allow-Headers',
  'content-type',
];
/** google.rpc.Code in the numbers of HTTP. */
const statuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 500, 500, 503, 500, 401];
const maxBody = 10 * 1024 * 1024;

/** Source: kong/plugins/grpc-gateway. JSON over HTTP in front of a gRPC service, as the options of its .proto file say. */
export const grpcGateway: KongPlugin = definePlugin<Gateway, null, Gateway>({
  name: 'grpc-gateway',
  read(config, { node }) {
    const schema = readProto(config.get('proto').approximately('imports of google/ that are not there count as empty'), node.readFile);
    for (const { template } of schema?.methods.flatMap((method) => method.bindings) ?? []) {
      try {
        compileTemplatePath(template);
      } catch (error) {
        config.get('proto').problem('DG1207', (error as Error).message, 'expected a path as google.api.http has it');
      }
    }
    return { access: { schema }, headerFilter: null, bodyFilter: { schema } };
  },
  access({ schema }) {
    const endpoints = (schema?.methods ?? []).flatMap((method) =>
      method.bindings.map((binding): Endpoint => ({ binding, method, match: compileTemplatePath(binding.template) })),
    );
    return async (exchange) => {
      exchange.write(answerSlot, null);
      if (exchange.method === 'OPTIONS') return refuse(kongExit(200, 'OK', corsFields));
      if (schema === null) return refuse(kongExit(400, 'transcoding requests require a .proto file defining the service'));
      const path = exchange.arrived.target.split('?', 1)[0] as string;
      const ofMethod = endpoints.filter(({ binding }) => binding.method === exchange.method);
      const why = ofMethod.length === 0 ? `Unknown method ${JSON.stringify(exchange.method.toLowerCase())}` : `Unknown path ${JSON.stringify(path)}`;
      const found = ofMethod.map((endpoint) => ({ endpoint, values: endpoint.match(path) })).find(({ values }) => values !== undefined);
      if (found === undefined) return refuse(kongExit(400, `failed to transcode .proto file ${why}`));
      const { endpoint, values = {} } = found;
      const payload = await payloadOf(exchange, endpoint, values);
      if (typeof payload === 'string') return refuse(kongExit(400, payload));
      let message: Buffer;
      try {
        message = encodeMessage(schema, endpoint.method.input, typedArguments(schema, endpoint, payload));
      } catch {
        return refuse(kongExit(400, 'failed to encode payload'));
      }
      exchange.write(answerSlot, endpoint.method.output);
      exchange.body.replace(frame(0, message));
      exchange.outgoing.headers.set('Content-Type', 'application/grpc');
      exchange.outgoing.headers.set('TE', 'trailers');
      exchange.method = 'POST';
      exchange.query = '';
      const upstream = exchange.read(upstreamSlot);
      if (upstream !== undefined) upstream.path = endpoint.method.path;
      return undefined;
    };
  },
  headerFilter: () => (exchange) => {
    const type = exchange.read(answerSlot);
    const { response } = exchange;
    if (type === undefined || response === null) return undefined;
    response.headers.append('Access-Control-Allow-Origin', '*');
    if (type !== null) response.headers.set('Content-Type', 'application/json');
    const code = response.headers.get('grpc-status');
    if (code !== undefined && response.from === 'upstream') response.status = statuses[Number(code)] ?? 500;
    return undefined;
  },
  bodyFilter({ schema }) {
    return {
      need: (exchange) =>
        schema !== null && typeof exchange.read(answerSlot) === 'string' && exchange.response?.from === 'upstream' ? 'transform' : 'none',
      transform(exchange) {
        const type = exchange.read(answerSlot) ?? '';
        let waiting: Buffer = Buffer.alloc(0);
        return {
          chunk(chunk) {
            const { messages, rest } = unframe(Buffer.concat([waiting, chunk]));
            waiting = rest;
            return messages.map((message) => Buffer.from(JSON.stringify(decodeMessage(schema as ProtoSchema, type, message))));
          },
          // What is no frame passes as it is.
          end: () => waiting,
        };
      },
    };
  },
});

/** What the message is made of, or why it cannot be. */
async function payloadOf(
  exchange: Exchange,
  { binding }: Endpoint,
  values: Readonly<Record<string, string>>,
): Promise<Map<string, unknown> | string> {
  const payload = new Map<string, unknown>();
  for (const [name, value] of Object.entries(values)) put(payload, name, value);
  if (binding.body === null) {
    for (const [name, value] of Object.entries(queryTable(exchange.query))) put(payload, name, value);
    return payload;
  }
  const text = (await exchange.body.whole(maxBody)).toString('utf8');
  if (text === '') return payload;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return `decode json err: ${(error as Error).message}`;
  }
  if (binding.body !== '*') payload.set(binding.body, body);
  else if (typeof body !== 'object' || body === null) return 'body must be a table';
  else for (const [name, value] of Object.entries(body)) payload.set(name, value);
  return payload;
}

/** `sub.field` goes into the message of a field. */
function put(payload: Map<string, unknown>, name: string, value: unknown): void {
  const [first = '', ...rest] = name.split('.').slice(0, 16);
  if (rest.length === 0) return void payload.set(first, value);
  const inner = new Map(Object.entries((payload.get(first) as object | undefined) ?? {}));
  put(inner, rest.join('.'), value);
  payload.set(first, Object.fromEntries(inner));
}

/** Arguments are texts: `true` and `false` are meant where the field is a boolean. */
function typedArguments(schema: ProtoSchema, { method, binding }: Endpoint, payload: Map<string, unknown>): unknown {
  if (binding.body !== null) return Object.fromEntries(payload);
  for (const { name, type, repeated } of schema.messages[method.input]?.fields ?? []) {
    const value = payload.get(name);
    if (type === 'bool' && (value === 'true' || value === 'false')) payload.set(name, value === 'true');
    else if (repeated && value !== undefined && !Array.isArray(value)) payload.set(name, [value]);
  }
  return Object.fromEntries(payload);
}
