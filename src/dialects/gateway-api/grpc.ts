import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import type { Wording } from '../../model/fault.ts';

/** Statuses of gRPC. */
export const unknown = 2;
export const unimplemented = 12;
export const unavailable = 14;

/** What gateways, Envoy for one, make of a status of HTTP that they answer a call of gRPC with. Source: http-grpc-status-mapping of gRPC. */
const ofHttp: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: unimplemented,
  429: unavailable,
  502: unavailable,
  503: unavailable,
  504: unavailable,
};

/** A call of gRPC; gRPC-Web is plain HTTP to a gateway. */
export const isGrpc = (exchange: Exchange | null): boolean =>
  /^application\/grpc(?:[+;]|$)/i.test(exchange?.arrived.headers.get('content-type')?.trim() ?? '');

export const grpcStatusOf = (httpStatus: number): number => ofHttp[httpStatus] ?? unknown;

/** An answer with trailers alone, which stand in its head. `message` is ASCII. */
export const grpcAnswer = (status: number, message = ''): Wording => ({
  status: 200,
  headers: ['Content-Type', 'application/grpc', 'grpc-status', String(status), ...(message === '' ? [] : ['grpc-message', message])],
  body: '',
});

/** A status of HTTP for clients of HTTP, and its counterpart for those of gRPC. */
export const httpOrGrpc =
  (status: number, grpc: number = grpcStatusOf(status)) =>
  (_: unknown, exchange: Exchange | null): Wording =>
    isGrpc(exchange) ? grpcAnswer(grpc) : { status, headers: [], body: '' };

/** TE belongs to one connection, but servers of gRPC ask for it (gRPC over HTTP/2): a client's word of it is said again. */
export const trailersWanted: StepKind<null> = {
  kind: 'gateway-api/trailers-wanted',
  create: () => (exchange) => {
    if (isGrpc(exchange) && exchange.arrived.headers.get('te') === 'trailers') exchange.outgoing.headers.set('TE', 'trailers');
    return undefined;
  },
};
