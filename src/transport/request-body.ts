import type { IncomingMessage, ServerResponse } from 'node:http';
import { MessageBody } from '../engine/message-body.ts';
import { limitedSource, readableSource, type BodySource } from '../http/body.ts';
import type { HeadFacts } from './request-head.ts';

/** The body of a node request. `expects`: the client waits for 100 Continue, which goes out when somebody wants the body. */
export function requestBody(req: IncomingMessage, res: ServerResponse, facts: HeadFacts, maxBytes: number, expects: boolean): MessageBody {
  if (!facts.chunked && (facts.length === undefined || facts.length === 0)) return new MessageBody(null);
  let source = readableSource(req, () => req.rawTrailers);
  if (maxBytes > 0 && facts.chunked) source = limitedSource(source, maxBytes);
  if (expects) source = invited(source, res);
  return new MessageBody(source, facts.chunked ? undefined : facts.length);
}

/** Nobody is invited to send a body that is refused: then the connection closes, for nobody knows what follows on it. */
function invited(source: BodySource, res: ServerResponse): BodySource {
  let asked = false;
  const { shouldKeepAlive } = res;
  res.shouldKeepAlive = false;
  return {
    pipe(sink) {
      asked = true;
      if (!res.headersSent) {
        res.shouldKeepAlive = shouldKeepAlive;
        res.writeContinue();
      }
      source.pipe(sink);
    },
    resume: () => source.resume(),
    abandon() {
      if (asked) source.abandon();
    },
  };
}
