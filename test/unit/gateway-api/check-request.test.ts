import { expect, it } from 'vitest';
import { checkRequest } from '../../../src/dialects/gateway-api/filters/external-auth/check-request.ts';
import { Exchange, type Connection } from '../../../src/engine/exchange.ts';
import { MessageBody } from '../../../src/engine/message-body.ts';
import { Fields } from '../../../src/http/fields.ts';
import { checkOf, type Check } from './auth-server.ts';
import { leaf } from './tls-backend.ts';

function checkFrom(connection: Partial<Connection>, httpVersion = '2.0'): Check {
  const exchange = new Exchange({
    arrived: { method: 'GET', target: '/', httpVersion, headers: new Fields(['Host', 'a.test']) },
    connection: { remoteAddress: '::1', remotePort: 5, secure: true, ...connection },
    listener: { name: 'test', port: 443, protocol: 'https' },
    startedAt: 1_234.5,
    body: new MessageBody(null),
  });
  return checkOf({}, checkRequest(exchange, { id: '7', seen: null, body: null }));
}

it('says where a request is from, how it came, and when', () => {
  const { source, destination, time, http } = checkFrom({});
  expect([source, destination.port, time]).toEqual([{ address: '::1', port: 5, principal: '' }, 443, { seconds: 1, nanos: 234_500_000 }]);
  expect([http.id, http.scheme, http.protocol]).toEqual(['7', 'https', 'HTTP/2']);
  expect(checkFrom({}, '1.0').http.protocol).toBe('HTTP/1.0');
});

it.each([
  [['a.test', 'spiffe://cluster/ns/shop'], true, 'spiffe://cluster/ns/shop'],
  [['a.test', 'b.test'], true, 'a.test'],
  [[], true, 'CN=client'],
  [['a.test'], false, ''],
])('a client with a certificate of %j, checked: %j, is %j', (names, verified, principal) => {
  const clientCertificate = { subject: 'CN=client', pem: leaf('client', ...names), verified };
  expect(checkFrom({ clientCertificate }).source.principal).toBe(principal);
});
