import { parseJson } from '../../aws/mapping/json.ts';
import { JsonPathError, readPath } from '../../aws/mapping/json-path.ts';
import { javaText } from '../../aws/velocity/java-values.ts';
import type { Setting } from '../../../sources/setting.ts';
import { contextText } from './context-map.ts';

/** Where the value of a mapped parameter comes from. */
export type From =
  | { readonly in: 'literal'; readonly text: string }
  | {
      readonly in: 'path' | 'querystring' | 'header' | 'multivaluequerystring' | 'multivalueheader' | 'context' | 'stageVariables';
      readonly name: string;
    }
  | { readonly in: 'body'; readonly path: string };
export interface Parameter {
  readonly to: 'path' | 'querystring' | 'header';
  readonly name: string;
  readonly from: From;
}
/** What parameters are read from: a request, or what an integration answered. */
export interface ParameterSource {
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly context: ReadonlyMap<string, unknown>;
  readonly variables: Readonly<Record<string, string>>;
  /** Field names of an integration's answer keep their case. */
  readonly exactNames: boolean;
}
/** The body is no JSON, and a parameter is read from it. */
export class BodyNotJson extends Error {}

export function readFrom(text: string, side: 'method.request' | 'integration.response'): From | undefined {
  const literal = /^'(.*)'$/s.exec(text);
  if (literal !== null) return { in: 'literal', text: literal[1] as string };
  const other = /^(context|stageVariables)\.(.+)$/.exec(text);
  if (other !== null) return { in: other[1] as 'context', name: other[2] as string };
  if (!text.startsWith(`${side}.`)) return undefined;
  const rest = text.slice(side.length + 1);
  const body = /^body(?:\.(.+))?$/.exec(rest);
  if (body !== null) return { in: 'body', path: body[1] ?? '' };
  const named = /^(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/.exec(rest);
  if (named === null || (side === 'integration.response' && !named[1]?.endsWith('header'))) return undefined;
  return { in: named[1] as 'path', name: named[2] as string };
}

/** Reads `requestParameters`; what is no parameter is reported. */
export function readRequestParameters(setting: Setting): Parameter[] {
  return setting.entries().flatMap(([key, value]): Parameter[] => {
    const to = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(key);
    // Recorded: an import drops what is no text.
    if (value.kind !== 'scalar' || typeof (value.tree as { readonly value: unknown }).value !== 'string') {
      value.ignored('API Gateway drops what is no text here');
      value.warning('DG1203', `${key} is no text`, "API Gateway drops it; expected method.request.header.NAME or 'text'");
      return [];
    }
    const from = readFrom(value.string() ?? '', 'method.request');
    if (to !== null && from !== undefined) return [{ to: to[1] as Parameter['to'], name: to[2] as string, from }];
    value.problem(
      'DG1203',
      `${key}: ${value.string() ?? ''} is no request parameter`,
      "expected integration.request.header.NAME: method.request.header.NAME or 'text'",
    );
    return [];
  });
}

/** The values of a parameter; none where it is not there. @throws BodyNotJson */
export function valuesOf(from: From, source: ParameterSource): readonly string[] {
  const one = (value: string | undefined): readonly string[] => (value === undefined || value === '' ? [] : [value]);
  const same = (name: string): boolean =>
    source.exactNames ? name === (from as { name: string }).name : name.toLowerCase() === (from as { name: string }).name.toLowerCase();
  switch (from.in) {
    case 'literal':
      return one(from.text);
    case 'path':
      return one(Object.hasOwn(source.path, from.name) ? source.path[from.name] : undefined);
    case 'querystring':
      return one(source.query.findLast(([name]) => name === from.name)?.[1]);
    case 'multivaluequerystring':
      return source.query.filter(([name]) => name === from.name).map(([, value]) => value);
    case 'header':
      return one(source.headers.findLast(([name]) => same(name))?.[1]);
    case 'multivalueheader':
      return source.headers.filter(([name]) => same(name)).map(([, value]) => value);
    case 'context':
      return one(contextText(source.context, from.name));
    case 'stageVariables':
      return one(source.variables[from.name]);
    case 'body':
      return one(bodyValue(from.path, source.body));
  }
}

/** An empty body is `{}`. One that begins like JSON must be JSON. Source: tests of parameter mappings that were validated on AWS. */
function bodyValue(path: string, body: string): string | undefined {
  const text = body === '' ? '{}' : body;
  const document = parseJson(text);
  if (document === undefined && /^\s*[{[]/.test(text)) throw new BodyNotJson('the body is no JSON');
  if (path === '') return text;
  try {
    const found = readPath(`$.${path}`, document);
    return found === undefined || found === null ? undefined : javaText(found);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}
