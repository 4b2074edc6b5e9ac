import type { Exchange } from '../../engine/exchange.ts';
import type { Answer, DestinationKind, StepKind } from '../../engine/kit.ts';
import type { Failure } from '../../engine/outcome.ts';
import { slot } from '../../engine/slot.ts';
import { LineFile } from '../line-file.ts';
import { contextValue, type StageFacts } from './context.ts';
import { refusals } from './gateway-responses.ts';
import { requestIdOf } from './identifiers.ts';
import { deploymentKey, places } from './place.ts';
import { traceRoot } from './trace.ts';

export interface LogFormat extends StageFacts {
  /** Text with `$context.NAME`. */
  readonly format: string;
}
export interface AccessLogOptions {
  /** By `deploymentKey`. */
  readonly of: Readonly<Record<string, LogFormat>>;
  readonly file: string;
}

interface Integration {
  readonly latencyMs: number;
  readonly status: number | null;
  readonly error: string;
}
const integrations = slot<Integration>('aws-rest/integration');

/** Remembers how long what stands behind it took, and how it ended. */
export const timed: DestinationKind<null> = {
  kind: 'aws-rest/timed',
  create(_options, deps, { children: [child] }) {
    if (child === undefined) throw new TypeError('nothing to time');
    const ask = deps.linkDestination(child);
    return async (exchange) => {
      const clock = exchange.clock ?? deps.clock;
      const from = clock.now();
      const answer = await ask(exchange);
      exchange.write(integrations, { latencyMs: clock.now() - from, ...endOf(answer) });
      return answer;
    };
  },
};

function endOf(answer: Answer | Failure): Omit<Integration, 'latencyMs'> {
  if (!('type' in answer)) return { status: answer.status, error: '' };
  const { kind, detail } = answer.fault;
  const { cause } = detail as { readonly cause?: unknown };
  return { status: null, error: cause instanceof Error ? cause.message : kind };
}

type Values = (name: string) => string | undefined;

/** Writes one line for each request to a stage that has a format. Source: the developer guide, variables for access logging. */
export const accessLog: StepKind<AccessLogOptions> = {
  kind: 'aws-rest/access-log',
  create({ of, file }, { random, clock, memory }) {
    const formats = new Map(Object.entries(of).map(([key, { format, ...facts }]) => [key, { facts, line: compileFormat(format) }]));
    return (exchange) => {
      const place = exchange.read(places);
      const found = place === undefined ? undefined : formats.get(deploymentKey(place));
      if (found === undefined || exchange.dry) return undefined;
      const lines = memory.get(`${exchange.scope}aws-rest:access-log:${file}`, () => new LineFile(file));
      const now = (exchange.clock ?? clock).now();
      const requestId = requestIdOf(exchange, random);
      lines.add(`${found.line((name) => logValue(name, exchange, now, random) ?? contextValue(name, exchange, found.facts, requestId))}\n`, true);
      return undefined;
    };
  },
};

/** A variable without a value is `-`; a value breaks no line. */
function compileFormat(format: string): (values: Values) => string {
  const parts = format.trim().split(/\$context\.([a-zA-Z]\w*(?:\.[a-zA-Z][\w-]*)*)/);
  return (values) =>
    parts
      .map((part, at) => (at % 2 === 0 ? part : (values(part)?.replaceAll(/[\r\n]+/g, ' ') ?? '-') || '-'))
      .join('')
      .replaceAll(/[\r\n]+/g, ' ');
}

/** What only logs know. */
function logValue(name: string, exchange: Exchange, now: number, random: () => number): string | undefined {
  const integration = exchange.read(integrations);
  const refusal = exchange.read(refusals);
  switch (name) {
    case 'status':
      return String(exchange.response?.status ?? '');
    case 'responseLength':
      return exchange.response?.body.length === undefined ? undefined : String(exchange.response.body.length);
    case 'responseLatency':
      return String(now - exchange.startedAt);
    case 'integrationLatency':
    case 'integration.latency':
      return integration === undefined ? undefined : String(integration.latencyMs);
    case 'integrationStatus':
    case 'integration.status':
    case 'integration.integrationStatus':
      return integration?.status?.toString();
    case 'integrationErrorMessage':
    case 'integration.error':
      return integration?.error;
    case 'error.message':
      return refusal?.message ?? undefined;
    case 'error.messageString':
      return refusal === undefined ? undefined : JSON.stringify(refusal.message);
    case 'error.responseType':
      return refusal?.type ?? undefined;
    case 'xrayTraceId':
      return traceRoot(exchange, random).slice('Root='.length);
    default:
      return undefined;
  }
}
