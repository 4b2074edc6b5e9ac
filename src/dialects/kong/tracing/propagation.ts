import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';
import { aws } from './aws.ts';
import { b3, b3Single } from './b3.ts';
import { toSize, type TraceContext, type TraceFormat } from './context.ts';
import { datadog } from './datadog.ts';
import { gcp } from './gcp.ts';
import { instana } from './instana.ts';
import { jaeger } from './jaeger.ts';
import { ot } from './ot.ts';
import { w3c } from './w3c.ts';

/** In the order in which the older settings look for them. */
const formats: readonly TraceFormat[] = [b3, w3c, jaeger, ot, datadog, aws, gcp, instana];
const extractable = ['w3c', 'b3', 'jaeger', 'ot', 'aws', 'datadog', 'gcp', 'instana'] as const;
const injectable = [...extractable, 'b3-single'] as const;
const byName = new Map([...formats, b3Single].map((format) => [format.name, format]));

export interface Propagation {
  readonly extract: readonly string[];
  readonly clear: readonly string[];
  readonly inject: readonly string[];
  readonly defaultFormat: string;
}

/**
 * The `propagation` record, or the older `header_type` and `default_header_type` where it says no more than a default (get_plugin_params).
 * `older`: the default of `default_header_type` where the plugin has it; it stands above `propagation.default_format`.
 */
export function readPropagation(config: Setting, usual: 'b3' | 'w3c', older?: 'b3'): Propagation {
  const record = config.get('propagation');
  const list = <const T extends string>(key: string, ...allowed: readonly T[]): T[] =>
    record
      .get(key)
      .items()
      .flatMap((one) => one.oneOf(...allowed) ?? []);
  const format = record.get('default_format');
  if (['extract', 'clear', 'inject'].some((key) => record.get(key).exists)) {
    for (const key of ['header_type', 'default_header_type']) config.get(key).ignored('propagation says what is read and written');
    return {
      extract: list('extract', ...extractable),
      clear: record.get('clear').strings(),
      inject: list('inject', 'preserve', ...injectable),
      defaultFormat: format.oneOf(...injectable) ?? usual,
    };
  }
  const type = config.get('header_type').oneOf('preserve', 'ignore', ...injectable) ?? 'preserve';
  const olderFormat = config.get('default_header_type').oneOf(...injectable) ?? older;
  if (olderFormat !== undefined) format.ignored('default_header_type stands above it, with its default too, until extract, inject or clear is set');
  const defaultFormat = olderFormat ?? format.oneOf(...injectable) ?? usual;
  if (type === 'ignore') return { extract: [], clear: [], inject: [defaultFormat], defaultFormat };
  return {
    extract: formats.map(({ name }) => name),
    clear: [],
    inject: type === 'preserve' ? ['preserve'] : ['preserve', type],
    defaultFormat,
  };
}

/** What was found in the first format that says anything. */
export interface Extracted {
  readonly context: TraceContext;
  /** Null where no format did. */
  readonly from: string | null;
}
export function extractTrace({ extract }: Propagation, headers: Fields): Extracted {
  for (const name of extract) {
    const found = byName.get(name)?.extract?.(headers);
    if (found === undefined) continue;
    return {
      context: {
        ...found,
        traceId: toSize(found.traceId, 16),
        spanId: toSize(found.spanId, 8),
        parentId: toSize(found.parentId, 8),
        originalSize: found.traceId === undefined ? undefined : found.traceId.length / 2,
      },
      from: name,
    };
  }
  return { context: {}, from: null };
}

/** The trace id in each format that went upstream: `trace_id` of the log plugins. */
export const traceIdsSlot: Slot<Readonly<Record<string, string>>> = slot('kong trace ids');

/** Takes away what is to be cleared, and tells the upstream. */
export function injectTrace(exchange: Exchange, propagation: Propagation, from: string | null, context: TraceContext): void {
  const { headers } = exchange.outgoing;
  for (const name of propagation.clear) headers.remove(name);
  for (const wanted of propagation.inject) {
    const name = wanted === 'preserve' ? (from ?? propagation.defaultFormat) : wanted;
    const format = byName.get(wanted === 'preserve' && name === 'b3' && context.single === true ? 'b3-single' : name);
    if (format === undefined || (format.needsIds && (context.traceId === undefined || context.spanId === undefined))) continue;
    const [usual = 16] = format.sizes;
    const size = context.originalSize !== undefined && format.sizes.includes(context.originalSize) ? context.originalSize : usual;
    const traceId = toSize(context.traceId, size);
    const fields = format.inject({ ...context, traceId, spanId: toSize(context.spanId, 8), parentId: toSize(context.parentId, 8) });
    for (let at = 0; at < fields.length; at += 2) headers.set(fields[at] as string, fields[at + 1] as string);
    if (traceId !== undefined)
      exchange.write(traceIdsSlot, { ...exchange.read(traceIdsSlot), [format.logName ?? format.name]: format.logId?.(traceId) ?? traceId });
  }
}
