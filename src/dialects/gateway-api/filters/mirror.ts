import { Exchange } from '../../../engine/exchange.ts';
import type { Opener, StepKind } from '../../../engine/kit.ts';
import { MessageBody } from '../../../engine/message-body.ts';
import type { Destination } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { serviceProxy } from '../backends/service-proxy.ts';

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

/** Sends a copy of the request as it stands. Nobody waits for the answer, and what fails there is nobody's. */
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
      const { body } = exchange;
      if (body.isEmpty || body.buffered !== null) return void sendCopy(exchange, open);
      // A body that is not kept is not mirrored, rather than refused to the backend.
      if (body.length === undefined || body.length > mostBuffered) {
        exchange.note('not mirrored: the length of the body is not known, or it is too large');
        return undefined;
      }
      return body.whole(mostBuffered).then(() => void sendCopy(exchange, open));
    };
  },
};

async function sendCopy(exchange: Exchange, open: Opener): Promise<void> {
  const { outgoing, body } = exchange;
  const copy = new Exchange({
    arrived: exchange.arrived,
    connection: exchange.connection,
    listener: exchange.listener,
    startedAt: exchange.startedAt,
    scope: exchange.scope,
    clock: exchange.clock,
    body: body.buffered === null ? new MessageBody(null) : MessageBody.of(body.buffered),
  });
  copy.method = exchange.method;
  copy.path = exchange.path;
  copy.query = exchange.query;
  copy.outgoing.method = outgoing.method;
  copy.outgoing.target = outgoing.target;
  copy.outgoing.headers = outgoing.headers.copy();
  try {
    const answer = await open(copy);
    if (!('type' in answer)) answer.abandon();
  } catch (error) {
    exchange.note(`the mirror failed: ${String(error)}`);
  }
}
