import { expect, it } from 'vitest';
import { requestLine } from '../../../src/cli/request-line.ts';
import type { ExchangeRecord } from '../../../src/gateway/exchange-record.ts';

const plain = (text: string): string => text;
const record = (upstream: string): ExchangeRecord =>
  ({
    method: 'GET',
    target: '/a',
    status: 503,
    durationMs: 1,
    route: 'a',
    decidedBy: 'x',
    reason: '',
    origin: null,
    trouble: { code: 'DG1301', upstream, reason: 'has no address here' },
  }) as unknown as ExchangeRecord;

it.each([
  ['orders.internal:80', "say where it is with --upstream orders.internal:80=URL, or put an echo there: --upstream 'orders.internal:80=echo:'"],
  ['function:orders', 'say what runs with --upstream function:orders=./MODULE.EXPORT, or at which URL it is invoked: --upstream function:orders=URL'],
])('says how to map %s', (upstream, hint) => {
  const paint = { red: plain, yellow: plain, dim: plain, bold: plain, cyan: plain };
  expect(requestLine(record(upstream), paint as never)).toContain(`= ${hint}`);
});
