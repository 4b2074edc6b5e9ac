import type { Exchange } from '../../../engine/exchange.ts';
import { compileRegex } from '../../../matching/regex.ts';
import { contextValue, requestValue, type StageFacts } from '../context.ts';

/** Where an authorizer finds who is calling; undefined where the request has nothing there. */
export type IdentitySource = (exchange: Exchange, requestId: string) => string | undefined;

/** `method.request.header.X`, `method.request.querystring.X`, `stageVariables.X` or `context.X`; undefined for anything else. */
export function compileSource(text: string, facts: StageFacts): IdentitySource | undefined {
  const [, place, name] = /^(method\.request\.(?:header|querystring)|stageVariables|context)\.(\S+)$/.exec(text) ?? [];
  if (place === undefined || name === undefined) return undefined;
  if (place === 'stageVariables') return () => (Object.hasOwn(facts.variables, name) ? facts.variables[name] : undefined);
  if (place === 'context') return (exchange, requestId) => contextValue(name, exchange, facts, requestId);
  const part = place.slice('method.request.'.length);
  return (exchange) => requestValue(part, name, exchange);
}

/** A pattern that must hold for the whole of a text. @throws SyntaxError where it is not safe to run */
export const wholePattern = (source: string): RegExp => compileRegex(`^(?:${source})$`);

/** The fields and parameters of a request that sources name, lower-case. */
export const fieldsOf = (sources: readonly string[]): string[] =>
  sources.flatMap((source) => /^method\.request\.(?:header|querystring)\.(\S+)$/.exec(source)?.[1]?.toLowerCase() ?? []);

/** The sources of an authorizer, as they are written: divided by commas. */
export const sourcesOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
