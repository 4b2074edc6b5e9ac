import type { Exchange } from '../../../../engine/exchange.ts';
import type { Answer, StepKind } from '../../../../engine/kit.ts';
import { MessageBody } from '../../../../engine/message-body.ts';
import type { Outcome } from '../../../../engine/outcome.ts';
import { readWhole } from '../../../../http/body.ts';
import type { Fields } from '../../../../http/fields.ts';
import { endToEnd } from '../../../../http/hop-by-hop.ts';
import type { Destination } from '../../../../model/gateway.ts';
import { requestBeside } from '../aside.ts';
import { denial, noAnswer } from './denial.ts';
import { forwardedBody } from './forwarded-body.ts';

export interface HttpAuthOptions {
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
export const externalAuthByHttp: StepKind<HttpAuthOptions> = {
  kind: 'gateway-api/external-auth',
  create(options, { linkDestination }) {
    const open = linkDestination(options.destination);
    const seen = new Set([...always, ...options.asks]);
    return async (exchange) => {
      if (exchange.dry) return undefined;
      const body = await forwardedBody(exchange, options.maxBody);
      if (body !== null && 'type' in body) return body;
      const answer = await open(question(exchange, options.prefix, seen, body ?? Buffer.alloc(0)));
      if ('type' in answer) return noAnswer(answer.fault.kind);
      if (answer.status !== 200) return denied(exchange, answer);
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

async function denied(exchange: Exchange, answer: Answer): Promise<Outcome> {
  try {
    const body = answer.whole ?? (answer.length === 0 ? Buffer.alloc(0) : (await readWhole(answer, mostAnswered)).bytes);
    return denial(exchange, answer.status, answer.headers, body, answer.statusText);
  } catch {
    return noAnswer('it broke off, or is too large');
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
