import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer, StepKind } from '../../../engine/kit.ts';
import { MessageBody } from '../../../engine/message-body.ts';
import { refuse, reply, type Outcome } from '../../../engine/outcome.ts';
import { readWhole } from '../../../http/body.ts';
import type { Fields } from '../../../http/fields.ts';
import { endToEnd } from '../../../http/hop-by-hop.ts';
import { fault } from '../../../model/fault.ts';
import type { Destination } from '../../../model/gateway.ts';
import { requestBeside } from './aside.ts';

export interface ExternalAuthOptions {
  readonly destination: Destination;
  /** What stands before the path of the request. */
  readonly prefix: string;
  /** Fields that the server sees beside those that it always does. Lower-case. */
  readonly asks: readonly string[];
  /** Fields of its answer that the backend gets; empty: all. Lower-case. */
  readonly brings: readonly string[];
  /** Bytes of the body that it may get; 0: it gets none. */
  readonly maxBody: number;
}

const always = ['host', 'authorization'];
/** They say what the answer of the server is, not what the request is. */
const ofTheAnswer = new Set(['host', 'content-length', 'content-type', 'content-encoding', 'date', 'server']);
const mostAnswered = 8 * 1024 * 1024;

/**
 * Asks a server whether a request may pass: 200 is yes, and any other answer is the client's. Where none can be had, nobody passes.
 * Source: the API reference of HTTPExternalAuthFilter (GEP-1494).
 */
export const externalAuth: StepKind<ExternalAuthOptions> = {
  kind: 'gateway-api/external-auth',
  create(options, { linkDestination }) {
    const open = linkDestination(options.destination);
    const seen = new Set([...always, ...options.asks]);
    return async (exchange) => {
      if (exchange.dry) return undefined;
      const { body } = exchange;
      const forwards = options.maxBody > 0 && !body.isEmpty;
      if (forwards && (body.length ?? 0) > options.maxBody) return refuse(fault('body-too-large', { limit: options.maxBody }));
      const bytes = forwards ? await body.whole(options.maxBody) : Buffer.alloc(0);
      const answer = await open(question(exchange, options.prefix, seen, bytes));
      if ('type' in answer) return refuse(fault('forbidden', { reason: `the authorization server has no answer: ${answer.fault.kind}` }));
      if (answer.status !== 200) return denial(answer);
      answer.abandon();
      bring(endToEnd(answer.headers), exchange.outgoing.headers, options.brings);
      return undefined;
    };
  },
};

function question(exchange: Exchange, prefix: string, seen: ReadonlySet<string>, body: Buffer): Exchange {
  const asked = requestBeside(exchange);
  const { path, query } = exchange;
  asked.outgoing.target = `${prefix}${path}${query === '' ? '' : `?${query}`}`;
  asked.outgoing.headers.filter((name) => seen.has(name) && name !== 'content-length');
  asked.outgoing.headers.append('Content-Length', String(body.length));
  asked.body = MessageBody.of(body);
  return asked;
}

async function denial(answer: Answer): Promise<Outcome> {
  const headers = endToEnd(answer.headers);
  headers.remove('content-length');
  try {
    const body = answer.whole ?? (answer.length === 0 ? '' : (await readWhole(answer, mostAnswered)).bytes);
    return reply(answer.status, headers.raw, body, answer.statusText);
  } catch {
    return refuse(fault('forbidden', { reason: 'the answer of the authorization server broke off, or is too large' }));
  }
}

/** What the server says of a field stands in the place of what the client has said. */
function bring(from: Fields, to: Fields, names: readonly string[]): void {
  const wanted = new Set(names);
  const brought = [...from].filter(([name]) => {
    const lower = name.toLowerCase();
    return wanted.size === 0 ? !ofTheAnswer.has(lower) : wanted.has(lower) && lower !== 'host';
  });
  for (const [name] of brought) to.remove(name);
  for (const [name, value] of brought) to.append(name, value);
}
