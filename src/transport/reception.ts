import type { Exchange } from '../engine/exchange.ts';
import type { Responder } from '../engine/run.ts';
import type { Fault, Wording } from '../model/fault.ts';
import type { Listener } from '../model/gateway.ts';

/** What a listener hands its requests to. */
export interface Reception {
  /** `refused`: what is wrong with the request already, before anybody has been asked. */
  handle(exchange: Exchange, responder: Responder, refused: Fault | null): void;
  /** The words for a message that is too broken to become an exchange. */
  wordFault(listener: Listener, what: Fault): Wording;
  now(): number;
}
