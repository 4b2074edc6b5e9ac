import type { Exchange } from '../../engine/exchange.ts';
import { unseen } from './mapping/header-rules.ts';
import { traceRoot } from './trace.ts';

/** Names that the gateway writes its own way (recorded). */
const rewritten: ReadonlyMap<string, string> = new Map(['Authorization', 'Host', 'User-Agent'].map((name) => [name.toLowerCase(), name]));
const replaced: ReadonlySet<string> = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

/** The fields of a request as integrations, functions and templates see them: without what is the connection's, with what the gateway adds. */
export function seenFields(exchange: Exchange, random: () => number): (readonly [string, string])[] {
  const { arrived, connection } = exchange;
  const fields: (readonly [string, string])[] = [];
  for (const [name, value] of arrived.headers) {
    const lower = name.toLowerCase();
    if (!unseen.has(lower) && !replaced.has(lower)) fields.push([rewritten.get(lower) ?? name, value]);
  }
  return [
    ...fields,
    ['X-Amzn-Trace-Id', traceRoot(exchange, random)],
    ['X-Forwarded-For', [...arrived.headers.getAll('x-forwarded-for'), connection.remoteAddress].join(', ')],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}
