import { expect, it } from 'vitest';
import { startPlugin } from './start.ts';

const post = (rawHeaders: string[], body: string): Parameters<Awaited<ReturnType<typeof startPlugin>>['fetch']>[0] => ({
  method: 'POST',
  target: '/',
  rawHeaders: ['Host', 'localhost', ...rawHeaders],
  body,
});
const chunked = ['Transfer-Encoding', 'chunked'];

it.each([
  [{ allowed_payload_size: 4, size_unit: 'bytes' }, ['Content-Length', '4'], 4, 200, ''],
  [{ allowed_payload_size: 4, size_unit: 'bytes' }, ['Content-Length', '5'], 5, 413, 'Request size limit exceeded'],
  [{ allowed_payload_size: 4, size_unit: 'bytes' }, ['Content-Length', '5', 'Expect', '100-Continue'], 5, 417, 'Request size limit exceeded'],
  [{ allowed_payload_size: 4, size_unit: 'bytes' }, chunked, 4, 200, ''],
  [{ allowed_payload_size: 4, size_unit: 'bytes' }, chunked, 5, 413, 'Request size limit exceeded'],
  [{ allowed_payload_size: 1, size_unit: 'kilobytes' }, ['Content-Length', '1024'], 1024, 200, ''],
  [{ allowed_payload_size: 1, size_unit: 'kilobytes' }, ['Content-Length', '1025'], 1025, 413, 'Request size limit exceeded'],
  [{ allowed_payload_size: 1 }, ['Content-Length', '1048577'], 1_048_577, 413, 'Request size limit exceeded'],
  [{ require_content_length: true }, chunked, 5, 411, 'A valid Content-Length header is required'],
])('%j %j, %i bytes: %i', async (config, headers, bytes, status, message) => {
  await using gateway = await startPlugin('request-size-limiting', config);
  const answer = await gateway.fetch(post(headers, 'x'.repeat(bytes)));
  expect(answer.status).toBe(status);
  if (status !== 200) expect(await answer.json()).toMatchObject({ message });
});

it('refuses a unit that it does not know', async () => {
  await expect(startPlugin('request-size-limiting', { size_unit: 'gigabytes' })).rejects.toMatchObject({ code: 'DG1203' });
});
