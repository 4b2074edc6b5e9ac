import type { Exchange } from '../../../engine/exchange.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { kongExit } from '../faults.ts';
import { frame, unframe } from '../../../http/grpc-frames.ts';
import { decodeMessage, encodeMessage } from '../grpc/message.ts';
import { readProto } from '../grpc/read-proto.ts';
import type { ProtoMethod, ProtoSchema } from '../grpc/schema.ts';
import { routerHit } from '../router/match.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { loggedRoutes, type LoggedRoutes } from './logged-entities.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { requestFields } from './tables.ts';

interface Web {
  readonly schema: ProtoSchema | null;
  readonly stripped: boolean;
  readonly allowOrigin: string;
  readonly routes: LoggedRoutes;
}
interface Coding {
  readonly type: string;
  readonly base64: boolean;
  readonly framed: boolean;
  /** What is transcoded to and from JSON; null: messages pass as they are. */
  readonly method: ProtoMethod | null;
}
/** Null: no call is under way. */
const codingSlot: Slot<Coding | null> = slot('kong grpc-web coding');
const types = /^application\/(?:grpc-web(-text)?(\+proto|\+json)?|json)$/;
const maxBody = 10 * 1024 * 1024;

/** Source: kong/plugins/grpc-web. What browsers may say of gRPC, in front of a gRPC service. */
export const grpcWeb: KongPlugin = definePlugin<Web, Pick<Web, 'allowOrigin'>, Pick<Web, 'schema'>>({
  name: 'grpc-web',
  read(config, { node, routes }) {
    const schema = readProto(config.get('proto').approximately('imports of google/ that are not there count as empty'), node.readFile);
    const allowOrigin = config.get('allow_origin_header').string() ?? '*';
    const stripped = config.get('pass_stripped_path').boolean() ?? false;
    return { access: { schema, stripped, allowOrigin, routes: loggedRoutes(routes) }, headerFilter: { allowOrigin }, bodyFilter: { schema } };
  },
  access({ schema, stripped, routes }) {
    return async (exchange) => {
      exchange.write(codingSlot, null);
      if (exchange.method === 'OPTIONS') return refuse(kongExit(200, 'OK', corsFields));
      const path = pathOf(exchange, stripped, routes);
      const coding = codingOf(requestFields(exchange).get('content-type') ?? '', path, schema);
      if (typeof coding === 'string') return refuse(kongExit(400, coding));
      exchange.write(codingSlot, coding);
      exchange.outgoing.headers.set('Content-Type', 'application/grpc');
      exchange.outgoing.headers.set('TE', 'trailers');
      const given = await exchange.body.whole(maxBody);
      const bytes = coding.base64 ? Buffer.from(given.toString('latin1'), 'base64') : given;
      try {
        exchange.body.replace(coding.method === null || schema === null ? bytes : encoded(schema, coding, bytes));
      } catch {
        return refuse(kongExit(400, 'failed to encode payload'));
      }
      return undefined;
    };
  },
  headerFilter:
    ({ allowOrigin }) =>
    (exchange) => {
      const coding = exchange.read(codingSlot);
      if (coding === undefined) return undefined;
      exchange.response?.headers.append('Access-Control-Allow-Origin', allowOrigin);
      if (coding !== null) exchange.response?.headers.set('Content-Type', coding.type);
      return undefined;
    },
  bodyFilter({ schema }) {
    return {
      need: (exchange) =>
        exchange.method === 'POST' && exchange.read(codingSlot) != null && exchange.response?.from === 'upstream' ? 'transform' : 'none',
      transform(exchange) {
        const coding = exchange.read(codingSlot) as Coding;
        const { headers } = exchange.response ?? {};
        const text = (bytes: Buffer): Buffer => (coding.base64 ? Buffer.from(bytes.toString('base64')) : bytes);
        let waiting: Buffer = Buffer.alloc(0);
        const decoded = (chunk: Buffer): Buffer => {
          if (coding.method === null || schema === null) return chunk;
          const { output } = coding.method;
          const { messages, rest } = unframe(Buffer.concat([waiting, chunk]));
          waiting = rest;
          const shown = messages.map((message) => Buffer.from(JSON.stringify(decodeMessage(schema, output, message))));
          return Buffer.concat(coding.framed ? shown.map((one) => frame(0, one)) : shown);
        };
        return {
          chunk: (chunk) => text(decoded(chunk)),
          end(trailers) {
            if (!coding.framed) return null;
            const told = (name: string): string | undefined => valueOf(trailers, name) ?? headers?.get(name);
            return text(frame(0x80, Buffer.from(`grpc-status:${told('grpc-status') ?? '0'}\r\ngrpc-message:${told('grpc-message') ?? ''}\r\n`)));
          },
        };
      },
    };
  },
});

const corsFields = [
  'Content-Type',
  'application/grpc-web-text+proto',
  'Access-Control-Allow-Methods',
  'POST',
  'Access-Control-Allow-Headers',
  'content-type,x-grpc-web,x-user-agent',
];

/** A gRPC service is asked for the path of the request, stripped only where the plugin says so; any other for that of its route. */
function pathOf(exchange: Exchange, stripped: boolean, routes: LoggedRoutes): string {
  const upstream = exchange.read(upstreamSlot);
  const own = exchange.read(routerHit)?.uri ?? exchange.path;
  if (upstream === undefined || stripped) return upstream?.path ?? own;
  const protocol = routes[exchange.route?.id ?? '']?.service?.['protocol'];
  if (protocol === 'grpc' || protocol === 'grpcs') upstream.path = own;
  return own;
}

/** By the content type; a text is why a request is refused. */
function codingOf(type: string, path: string, schema: ProtoSchema | null): Coding | string {
  const [known, text, message] = types.exec(type) ?? [];
  if (known !== undefined && type !== 'application/json' && message !== '+json')
    return { type, base64: text !== undefined, framed: true, method: null };
  if (schema === null) return 'transcoding requests require a .proto file defining the service';
  const method = schema.methods.find((one) => one.path === path);
  if (method === undefined) return `Unkown path ${JSON.stringify(path)}`;
  if (known === undefined) return `${JSON.stringify(type)} is no type of gRPC-Web`;
  return { type, base64: text !== undefined, framed: type !== 'application/json', method };
}

function encoded(schema: ProtoSchema, { framed, method }: Coding, bytes: Buffer): Buffer {
  const message = framed ? (unframe(bytes).messages[0] ?? Buffer.alloc(0)) : bytes;
  return frame(0, encodeMessage(schema, (method as ProtoMethod).input, JSON.parse(message.toString('utf8'))));
}

function valueOf(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if ((fields[at] as string).toLowerCase() === name) return fields[at + 1];
  return undefined;
}
