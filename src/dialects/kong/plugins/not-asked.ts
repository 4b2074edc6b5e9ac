import type { Exchange } from '../../../engine/exchange.ts';
import { reply, type Reply } from '../../../engine/outcome.ts';

/** In the place of what a plugin would ask, where a request is only explained. */
export function notAsked(exchange: Exchange, whom: string): Reply {
  exchange.note(`asks ${whom}`);
  return reply(200, [], '');
}
