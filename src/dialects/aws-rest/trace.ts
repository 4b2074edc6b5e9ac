import type { Exchange } from '../../engine/exchange.ts';
import { slot } from '../../engine/slot.ts';

const roots = slot<string>('aws-rest/trace-root');
const traced = slot<string>('aws-rest/trace');

export const hex = (random: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** The trace that a request belongs to: its own, or a new one. `Root=1-SECONDS-ID`, as X-Ray writes it. */
export function traceRoot(exchange: Exchange, random: () => number): string {
  const known = exchange.read(roots);
  if (known !== undefined) return known;
  const given = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})\s*(?:;|$)/i.exec(exchange.arrived.headers.get('x-amzn-trace-id') ?? '')?.[1];
  const seconds = Math.floor(exchange.startedAt / 1000).toString(16);
  const root = `Root=${given ?? `1-${seconds.padStart(8, '0').slice(-8)}-${hex(random, 24)}`}`;
  exchange.write(roots, root);
  return root;
}

/** Functions, services and servers behind mappings answer with a trace; mocks, proxied servers and refusals do not (recorded). */
export const answerWithTrace = (exchange: Exchange, random: () => number): void =>
  exchange.write(traced, `${traceRoot(exchange, random)};Parent=${hex(random, 16)};Sampled=0;Lineage=1:${hex(random, 8)}:0`);
export const traceOfAnswer = (exchange: Exchange): string | undefined => exchange.read(traced);
