import type { Exchange } from '../../../engine/exchange.ts';
import type { Opener, StepKind } from '../../../engine/kit.ts';
import { MessageBody } from '../../../engine/message-body.ts';
import type { ChunkWatcher } from '../../../http/body.ts';
import type { Destination } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { serviceProxy } from '../backends/service-proxy.ts';
import { requestBeside } from './aside.ts';

export interface MirrorOptions {
  readonly destination: Destination;
  /** Of so many requests (`of`) so many are mirrored (`part`). */
  readonly part: number;
  readonly of: number;
}

/** Larger bodies are not kept for mirrors. */
const mostBuffered = 64 * 1024 * 1024;

/** Null where the reference leads nowhere: the API has such a mirror dropped. */
export function readMirror(filter: Setting, { namespace, resolve }: RuleFacts): MirrorOptions | null {
  const ref = filter.get('backendRef');
  const percent = filter.get('percent').number({ min: 0, max: 100, integer: true });
  const fraction = filter.get('fraction');
  const numerator = fraction.get('numerator').number({ min: 0, integer: true });
  const denominator = fraction.get('denominator').number({ min: 1, integer: true }) ?? 100;
  const backend = resolve(ref, namespace);
  if ('problem' in backend) {
    ref.warning('DG1205', backend.problem, 'nothing is mirrored there');
    return null;
  }
  const share = fraction.exists ? { part: numerator ?? 0, of: denominator } : { part: percent ?? 100, of: 100 };
  return { destination: serviceProxy(backend, ref.origin), ...share };
}

/** Sends a copy of the request as it stands, once all of it has passed. Nobody waits for it, and what fails there is nobody's. */
export const requestMirror: StepKind<MirrorOptions> = {
  kind: 'gateway-api/mirror',
  create({ destination, part, of }, { linkDestination, memory }, { origin }) {
    const open = linkDestination(destination);
    const key = `gateway-api:mirror:${origin.file}:${origin.pointer}:${part}/${of}`;
    return (exchange) => {
      if (exchange.dry || exchange.upgrade !== null) return undefined;
      // Exact in every `of` requests, and spread evenly over them.
      const due = memory.get(exchange.scope + key, () => ({ parts: 0 }));
      due.parts += part;
      if (due.parts < of) return undefined;
      due.parts -= of;
      const copy = requestBeside(exchange);
      exchange.body.watch(
        bodyKeeper((body) => {
          if (body === null) return exchange.note(`not mirrored: the body is larger than ${mostBuffered} bytes`);
          copy.body = MessageBody.of(body);
          void sendCopy(copy, open, exchange);
        }),
      );
      return undefined;
    };
  },
};

/** Keeps the pieces of a body as they pass. Null: there were more than are kept. */
function bodyKeeper(whole: (body: Buffer | null) => void): ChunkWatcher {
  let kept: Buffer[] = [];
  let size = 0;
  return {
    chunk(chunk) {
      size += chunk.length;
      if (size > mostBuffered) kept = [];
      else kept.push(chunk);
    },
    end: () => whole(size > mostBuffered ? null : Buffer.concat(kept)),
  };
}

async function sendCopy(copy: Exchange, open: Opener, exchange: Exchange): Promise<void> {
  try {
    const answer = await open(copy);
    if (!('type' in answer)) answer.abandon();
  } catch (error) {
    exchange.note(`the mirror failed: ${String(error)}`);
  }
}
