import type { Exchange } from '../../engine/exchange.ts';

/** What a limit counts by. A claim is a path of member names. */
export type LimitKey =
  | { readonly by: 'ip' | 'consumer' | 'route' | 'global' }
  | { readonly by: 'header'; readonly name: string }
  | { readonly by: 'claim'; readonly path: readonly string[] };

/** Reads the value to count by. A request without that value is counted by its address: leaving it out opens no door. */
export function limitKeyReader(key: LimitKey): (exchange: Exchange) => string {
  const read = valueReader(key);
  if (key.by === 'global' || key.by === 'ip') return (exchange) => read(exchange) as string;
  return (exchange) => {
    const value = read(exchange);
    return value === undefined || value === '' ? `address=${exchange.connection.remoteAddress}` : `=${value}`;
  };
}

function valueReader(key: LimitKey): (exchange: Exchange) => string | undefined {
  switch (key.by) {
    case 'ip':
      return ({ connection }) => connection.remoteAddress;
    case 'consumer':
      return ({ caller }) => caller.consumer?.id;
    case 'route':
      return ({ route }) => route?.id;
    case 'global':
      return () => '';
    case 'header': {
      const { name } = key;
      return ({ arrived }) => arrived.headers.get(name);
    }
    case 'claim': {
      const { path } = key;
      return ({ caller }) => claimAt(caller.claims, path);
    }
  }
}

function claimAt(claims: unknown, path: readonly string[]): string | undefined {
  let at = claims;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return typeof at === 'string' || typeof at === 'number' ? String(at) : undefined;
}
