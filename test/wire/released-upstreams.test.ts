import { connect } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { Upstreams } from '../../src/transport/upstreams.ts';

afterEach(() => void vi.useRealTimers());
const accepts = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });

it('the server of an override is closed some time after it was taken back, unless another name stands for it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const handlers = [1, 2, 3].map((at) => () => new Response(String(at)));
  const [first, second, third] = handlers as [() => Response, () => Response, () => Response];
  const upstreams = new Upstreams({ three: third }, () => {});
  const undo = upstreams.override('a', first);
  upstreams.override('b', second);
  upstreams.override('@scope/c', second);
  upstreams.override('d', third);
  const urls = await Promise.all(['a', 'b', 'd'].map(async (name) => upstreams.resolve([name], '')));
  undo();
  upstreams.override('b', first);
  upstreams.override('b', 'echo:');
  upstreams.clearOverrides('d');
  await Promise.resolve();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(await Promise.all(urls.map(accepts))).toEqual([true, true, true]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await Promise.all(urls.map(accepts))).toEqual([false, true, true]);
  upstreams.clearOverrides('@scope/');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await Promise.all(urls.map(accepts))).toEqual([false, false, true]);
  await upstreams.close();
  expect(await accepts(urls[2] as string)).toBe(false);
});
