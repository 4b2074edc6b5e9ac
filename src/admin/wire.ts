import { Fields } from '../http/fields.ts';
import { RequestMessage, ResponseMessage, type Captured } from '../traffic/message.ts';
import type { RecordedFrame } from '../traffic/frames.ts';
import type { Recorded } from '../traffic/recording.ts';

interface WireMessage {
  readonly rawHeaders: readonly string[];
  readonly bodyBase64: string;
  readonly size: number;
  readonly complete: boolean;
}
type WireRequest = WireMessage & { readonly method: string; readonly target: string };
type WireResponse = WireMessage & { readonly status: number };

type WireFrame = Omit<RecordedFrame, 'data'> & { readonly dataBase64: string };

/** An exchange as JSON: bodies as base64. */
export type WireExchange = Omit<Recorded, 'request' | 'upstreamRequest' | 'upstreamResponse' | 'response' | 'frames'> & {
  readonly frames: readonly WireFrame[];
  readonly request: WireRequest;
  readonly upstreamRequest: WireRequest | null;
  readonly upstreamResponse: WireResponse | null;
  readonly response: WireResponse;
};

export function toWire(one: Recorded): WireExchange {
  const { request, upstreamRequest, upstreamResponse, response } = one;
  return {
    ...one,
    request: requestToWire(request),
    upstreamRequest: upstreamRequest === null ? null : requestToWire(upstreamRequest),
    upstreamResponse: upstreamResponse === null ? null : responseToWire(upstreamResponse),
    response: responseToWire(response),
    frames: one.frames.map(({ data, ...frame }) => ({ ...frame, dataBase64: data.toString('base64') })),
  };
}
const requestToWire = (one: RequestMessage): WireRequest => ({ method: one.method, target: one.target, ...messageToWire(one) });
const responseToWire = (one: ResponseMessage): WireResponse => ({ status: one.status, ...messageToWire(one) });
const messageToWire = ({ rawHeaders, body, size, complete }: RequestMessage | ResponseMessage): WireMessage => ({
  rawHeaders,
  bodyBase64: body.toString('base64'),
  size,
  complete,
});

/** The same members as where it was recorded. */
export function fromWire(one: WireExchange): Recorded {
  const { request, upstreamRequest, upstreamResponse, response } = one;
  return {
    ...one,
    request: requestFromWire(request),
    upstreamRequest: upstreamRequest === null ? null : requestFromWire(upstreamRequest),
    upstreamResponse: upstreamResponse === null ? null : responseFromWire(upstreamResponse),
    response: responseFromWire(response),
    frames: one.frames.map(({ dataBase64, ...frame }) => ({ ...frame, data: Buffer.from(dataBase64, 'base64') })),
  };
}
const requestFromWire = (one: WireRequest): RequestMessage => new RequestMessage(one.method, one.target, fieldsOf(one), captured(one));
const responseFromWire = (one: WireResponse): ResponseMessage => new ResponseMessage(one.status, fieldsOf(one), captured(one));
const fieldsOf = ({ rawHeaders }: WireMessage): Fields => new Fields([...rawHeaders]);
function captured({ bodyBase64, size, complete }: WireMessage): Captured {
  const bytes = Buffer.from(bodyBase64, 'base64');
  return { bytes, held: bytes.length, size, complete };
}
