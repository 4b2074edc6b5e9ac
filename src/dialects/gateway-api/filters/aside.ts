import { Exchange } from '../../../engine/exchange.ts';
import { MessageBody } from '../../../engine/message-body.ts';

/** A request of the gateway's own beside the client's, as that one stands, without its body. */
export function requestBeside(exchange: Exchange): Exchange {
  const { arrived, connection, listener, startedAt, scope, clock, outgoing } = exchange;
  const beside = new Exchange({ arrived, connection, listener, startedAt, scope, clock, body: new MessageBody(null) });
  beside.method = exchange.method;
  beside.path = exchange.path;
  beside.query = exchange.query;
  beside.outgoing.method = outgoing.method;
  beside.outgoing.target = outgoing.target;
  beside.outgoing.headers = outgoing.headers.copy();
  return beside;
}
