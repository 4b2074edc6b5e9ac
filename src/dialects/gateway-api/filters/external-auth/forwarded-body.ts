import type { Exchange } from '../../../../engine/exchange.ts';
import { refuse, type Failure } from '../../../../engine/outcome.ts';
import { fault } from '../../../../model/fault.ts';

/** The body that the server gets; null where it gets none. `limit`: bytes; a larger one is refused, and nobody is asked. */
export async function forwardedBody({ body }: Exchange, limit: number): Promise<Buffer | null | Failure> {
  if (limit === 0 || body.isEmpty) return null;
  return (body.length ?? 0) > limit ? refuse(fault('body-too-large', { limit })) : body.whole(limit);
}
