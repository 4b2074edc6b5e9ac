import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { gunzipSync, inflateSync } from 'node:zlib';
import { api, ask, says } from './guarded-api.ts';

/** As it came over the wire: `fetch` would undo the coding. */
const fetchRaw = (url: string, accepted: string): Promise<{ readonly coding: string | undefined; readonly body: Buffer }> =>
  new Promise((resolve, reject) => {
    get(`${url}/dev/a`, { headers: { 'accept-encoding': accepted } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ coding: answer.headers['content-encoding'], body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });
const text = 'word '.repeat(100);

describe('answers of an API with a minimum compression size', () => {
  const open = (size: number): ReturnType<typeof api> =>
    api({ '/a': { get: says(text) }, '/short': { get: says('x') } }, { more: { 'x-amazon-apigateway-minimum-compression-size': size } });

  it.each([
    ['gzip', 'gzip, deflate', gunzipSync],
    ['deflate', 'gzip;q=0, deflate;q=0.5', inflateSync],
    ['gzip', 'br, *;q=0.1', gunzipSync],
  ])('go out as %s to who takes %s', async (coding, accepted, decode) => {
    await using gateway = await open(10);
    const answer = await fetchRaw(gateway.url, accepted);
    expect(answer.coding).toBe(coding);
    expect(decode(answer.body).toString()).toBe(text);
  });

  it.each([
    ['who takes no coding', 10, 'identity'],
    ['who takes only others', 10, 'br'],
    ['all where they are shorter', 1_000, 'gzip'],
  ])('go out as they are to %s', async (_, size, accepted) => {
    await using gateway = await open(size);
    const answer = await fetchRaw(gateway.url, accepted);
    expect([answer.coding, answer.body.toString()]).toEqual([undefined, text]);
    expect(await (await gateway.fetch(ask('/dev/short', { 'accept-encoding': 'gzip' }))).text()).toBe('x');
  });
});
