import { expect, it } from 'vitest';
import { matcher } from '../../../src/dialects/gateway-api/match.ts';
import type { Exchange } from '../../../src/engine/exchange.ts';
import type { Deps } from '../../../src/engine/kit.ts';
import { Fields } from '../../../src/http/fields.ts';

const match = matcher.build({ listeners: ['', 'a.test', '*.b.test'] }, [], {} as Deps);
const kindOf = (host: string, serverName: string | undefined, secure = true): unknown => {
  const connection = { secure, ...(serverName === undefined ? {} : { serverName }) };
  const found = match({ arrived: { headers: new Fields(['Host', host]) }, connection, path: '/', query: '', method: 'GET' } as unknown as Exchange);
  return 'fault' in found ? found.fault.kind : found;
};

it.each([
  ['a.test', 'a.test', 'no-route'],
  ['a.test', 'x.b.test', 'gateway-api/misdirected'],
  ['unknown.test', 'a.test', 'gateway-api/misdirected'],
  ['unknown.test', 'other.test', 'no-route'],
  ['y.b.test', 'X.B.test', 'no-route'],
  ['a.test', undefined, 'no-route'],
])('a request for %s over a connection to %s: %s', (host, serverName, kind) => {
  expect(kindOf(host, serverName)).toBe(kind);
});

it('without TLS nothing is misdirected', () => {
  expect(kindOf('a.test', 'x.b.test', false)).toBe('no-route');
});
