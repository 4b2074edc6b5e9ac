import type { Exchange } from '../../../engine/exchange.ts';
import { parseQuery } from '../../../http/query.ts';
import type { Judge } from '../../../matching/json-schema.ts';
import { routerHit } from '../router/match.ts';

export type Place = 'query' | 'header' | 'path';
/** How OpenAPI writes a parameter. */
export type Style = 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject' | 'simple' | 'label' | 'matrix';

export interface Parameter {
  readonly name: string;
  readonly in: Place;
  readonly required: boolean;
  readonly style: Style;
  readonly explode: boolean;
  /** Of the schema: null where there is none, and only presence counts. */
  readonly schema: { readonly type?: string; readonly items?: unknown; readonly properties?: unknown } | null;
}

/** What is wrong with a parameter of a request, or undefined. */
export function judgeParameter(parameter: Parameter, judge: Judge): (exchange: Exchange) => string | undefined {
  const { name, required, schema } = parameter;
  return (exchange) => {
    const raw = rawValue(parameter, exchange);
    if (raw === undefined) return required ? `${parameter.in} '${name}' validation failed, required parameter missing` : undefined;
    if (schema === null) return undefined;
    const wrong = judge(typed(raw, schema));
    return wrong === undefined ? undefined : `${parameter.in} '${name}' validation failed, ${wrong}`;
  };
}

/** Texts of a parameter: one, a list or members; undefined where it is not there. */
type Raw = string | readonly string[] | Readonly<Record<string, string>>;

function rawValue(parameter: Parameter, exchange: Exchange): Raw | undefined {
  const { name, in: place } = parameter;
  if (place === 'query') return fromQuery(parameter, parseQuery(exchange.query));
  if (place === 'header') {
    const text = exchange.arrived.headers.joined(name);
    return text === undefined ? undefined : fromText(parameter, text);
  }
  const captures = exchange.read(routerHit)?.captures ?? {};
  return Object.hasOwn(captures, name) ? fromText(parameter, captures[name] ?? '') : undefined;
}

const separators: Readonly<Partial<Record<Style, string>>> = { spaceDelimited: ' ', pipeDelimited: '|' };

function fromQuery({ name, style, explode, schema }: Parameter, pairs: readonly (readonly [string, string])[]): Raw | undefined {
  const values = pairs.filter(([key]) => key === name).map(([, value]) => value);
  if (schema?.type === 'object' && style === 'deepObject') {
    const members = pairs.filter(([key]) => key.startsWith(`${name}[`) && key.endsWith(']'));
    return members.length === 0 ? undefined : Object.fromEntries(members.map(([key, value]) => [key.slice(name.length + 1, -1), value]));
  }
  if (schema?.type === 'object' && explode) {
    const known = pairs.filter(([key]) => isMap(schema.properties) && Object.hasOwn(schema.properties, key));
    return known.length === 0 ? undefined : Object.fromEntries(known);
  }
  if (values.length === 0) return undefined;
  const separator = separators[style] ?? ',';
  if (schema?.type === 'array') return explode ? values : (values[0] as string).split(separator);
  if (schema?.type === 'object') return inTurn((values[0] as string).split(separator));
  return values[0];
}

/** Of a header or a path: `a,b`, `.a.b` or `;name=a,b`. */
function fromText({ name, style, explode, schema }: Parameter, text: string): Raw {
  const prefix = style === 'label' ? '.' : style === 'matrix' ? (schema?.type === 'object' && explode ? ';' : `;${name}=`) : '';
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  const separator = explode && style === 'label' ? '.' : explode && style === 'matrix' ? (schema?.type === 'object' ? ';' : prefix) : ',';
  const parts = rest.split(separator).map((one) => one.trim());
  if (schema?.type === 'array') return parts;
  if (schema?.type !== 'object') return rest;
  return explode ? Object.fromEntries(parts.map((one) => one.split(/=(.*)/s) as [string, string])) : inTurn(parts);
}

/** A name, its value, the next name. */
const inTurn = (parts: readonly string[]): Record<string, string> =>
  Object.fromEntries(parts.flatMap((name, at) => (at % 2 === 0 ? [[name, parts[at + 1] ?? ''] as const] : [])));

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === 'object' && !Array.isArray(value);
const typeIn = (schema: unknown): unknown => (isMap(schema) ? schema['type'] : undefined);

/** Texts as values of the types that the schema names; what is none stays a text, which the schema refuses. */
function typed(raw: Raw, schema: NonNullable<Parameter['schema']>): unknown {
  if (typeof raw === 'string') return scalar(raw, schema.type);
  if (Array.isArray(raw)) return raw.map((one: string) => scalar(one, typeIn(schema.items)));
  const properties = isMap(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(raw).map(([name, one]) => [name, scalar(one, Object.hasOwn(properties, name) ? typeIn(properties[name]) : undefined)]),
  );
}

function scalar(text: string, type: unknown): unknown {
  if ((type === 'number' || type === 'integer') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return type === 'null' && text === '' ? null : text;
}
