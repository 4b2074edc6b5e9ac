import type { Exchange } from '../../engine/exchange.ts';
import { parseQuery } from '../../http/query.ts';
import { authorized } from './authorizers/authorized.ts';
import type { StageFacts } from './context.ts';
import { contextMap } from './mapping/context-map.ts';
import { pathInPlace, places } from './place.ts';
import { seenFields } from './seen-fields.ts';

/** The single-value map holds the last value of a name, the multi-value map all of them; null where there are none. */
function maps(pairs: readonly (readonly [string, string])[]): { single: Record<string, string> | null; multi: Record<string, string[]> | null } {
  const multi = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const there = multi.get(name);
    if (there === undefined) multi.set(name, [value]);
    else there.push(value);
  }
  if (multi.size === 0) return { single: null, multi: null };
  const single = Object.fromEntries([...multi].map(([name, values]) => [name, values.at(-1) as string]));
  return { single, multi: Object.fromEntries(multi) };
}

/** The event of payload version 1.0. */
export function proxyEvent(
  exchange: Exchange,
  facts: StageFacts,
  body: Buffer,
  binary: boolean,
  { requestId, random }: { readonly requestId: string; readonly random: () => number },
): Record<string, unknown> {
  const headers = maps(seenFields(exchange, random));
  const query = maps(parseQuery(exchange.query));
  const context = contextMap(exchange, facts, requestId);
  for (const name of ['requestOverride', 'responseOverride', 'isCanaryRequest']) context.delete(name);
  const known = exchange.read(authorized)?.context;
  return {
    resource: context.get('resourcePath'),
    // Below a base path of a custom domain the path keeps it; the stage is no part of it.
    path: exchange.read(places)?.custom === true ? exchange.path : pathInPlace(exchange),
    httpMethod: exchange.method,
    headers: headers.single,
    multiValueHeaders: headers.multi,
    queryStringParameters: query.single,
    multiValueQueryStringParameters: query.multi,
    pathParameters: Object.keys(exchange.params).length === 0 ? null : { ...exchange.params },
    stageVariables: Object.keys(facts.variables).length === 0 ? null : { ...facts.variables },
    requestContext: { ...(plain(context) as object), ...(known === undefined ? {} : { authorizer: known }) },
    body: body.length === 0 ? null : body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary,
  };
}

/** Maps as objects, whole numbers as such. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, one]) => [String(name), plain(one)]));
  return typeof value === 'bigint' ? Number(value) : value;
}
