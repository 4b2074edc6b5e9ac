import type { Exchange } from '../../engine/exchange.ts';
import { queryValue } from '../../http/query.ts';
import { bases, pathInBase } from './base.ts';
import { contextValue } from './context.ts';

/** A value worked out while a request runs; undefined where its source holds nothing. */
export type Value = (exchange: Exchange, requestId: string) => string | undefined;

const variable =
  /^(?:request\.(?:header|querystring|path)\.[\w.$!#%&'*+^`|~-]+|request\.path|response\.header\.[\w.$!#%&'*+^`|~-]+|context\.[\w.-]+|stageVariables\.\w+)$/;

/** `$context.requestId`, `text ${request.path.id}` or a plain text; undefined where it names a variable that is not mirrored. */
export function compileValue(text: string): Value | undefined {
  const bare = /^\$([a-zA-Z].*)$/.exec(text)?.[1];
  if (bare !== undefined) return variable.test(bare) ? compileVariable(bare) : undefined;
  if (text === "''") return () => '';
  const parts = text.split(/\$\{([^{}]*)\}/).map((part, at) => {
    if (at % 2 === 0) return () => part;
    return variable.test(part) ? compileVariable(part) : undefined;
  });
  if (parts.includes(undefined)) return undefined;
  const [only] = parts.length === 3 && text.startsWith('${') && text.endsWith('}') ? [parts[1]] : [];
  if (only !== undefined) return only;
  return (exchange, requestId) => parts.map((part) => part?.(exchange, requestId) ?? '').join('');
}

function compileVariable(name: string): Value {
  const [, place = '', rest = ''] = /^((?:request|response)\.\w+|context|stageVariables)\.?(.*)$/.exec(name) ?? [];
  switch (place) {
    case 'request.header':
      return ({ arrived }) => joined(arrived.headers.getAll(rest));
    case 'request.querystring':
      return ({ query }) => queryValue(query, rest);
    case 'request.path':
      return rest === '' ? pathInBase : ({ params }) => params[rest];
    case 'response.header':
      return ({ response }) => joined(response?.headers.getAll(rest) ?? []);
    case 'stageVariables':
      return (exchange) => exchange.read(bases)?.stage.variables[rest];
    default:
      return (exchange, requestId) => contextValue(rest, exchange, requestId);
  }
}

const joined = (values: readonly string[]): string | undefined => (values.length === 0 ? undefined : values.join(','));
