import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { GatewayClock } from '../../../src/gateway/clock.ts';
import { MemoryStore } from '../../../src/gateway/store.ts';

const start = Date.parse('2024-03-01T00:00:00Z');

describe('the clock', () => {
  it('runs with the machine until it is moved', async () => {
    let real = 1_000;
    const clock = new GatewayClock(() => real);
    expect(clock.now()).toBe(1_000);
    await clock.advance(500);
    real += 10;
    expect(clock.now()).toBe(1_510);
  });

  it('stands when frozen, and runs on from there', async () => {
    let real = 0;
    const clock = new GatewayClock(() => real);
    await clock.travel(new Date(start));
    clock.freeze();
    real += 60_000;
    expect(clock.now()).toBe(start);
    clock.unfreeze();
    real += 5;
    expect(clock.now()).toBe(start + 5);
  });

  it('wakes what is due, in its order, at its own time', async () => {
    const clock = new GatewayClock(() => 0);
    clock.freeze();
    const seen: string[] = [];
    clock.after(200, () => seen.push(`b ${clock.now()}`));
    clock.after(100, () => {
      seen.push(`a ${clock.now()}`);
      clock.after(50, () => seen.push(`a2 ${clock.now()}`));
    });
    const cancel = clock.after(120, () => seen.push('cancelled'));
    cancel();
    await clock.advance(300);
    expect(seen).toEqual(['a 100', 'a2 150', 'b 200']);
    expect(clock.now()).toBe(300);
    expect(clock.waiting).toBe(0);
  });

  it('waits until what was woken waits again', async () => {
    const clock = new GatewayClock(() => 0);
    clock.freeze();
    let steps = 0;
    void (async () => {
      for (let at = 0; at < 5; at += 1) {
        await clock.sleep(10);
        steps += 1;
      }
    })();
    await clock.advance(49);
    expect(steps).toBe(4);
    await clock.advance(1);
    expect(steps).toBe(5);
  });

  it('keeps what waits waiting as long, going back', async () => {
    const clock = new GatewayClock(() => start);
    clock.freeze();
    let rung = false;
    clock.after(100, () => (rung = true));
    await clock.travel(0);
    await clock.advance(99);
    expect(rung).toBe(false);
    await clock.advance(1);
    expect(rung).toBe(true);
  });

  it('gives up sleeping when asked', async () => {
    const clock = new GatewayClock(() => 0);
    clock.freeze();
    const controller = new AbortController();
    const slept = clock.sleep(10, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(clock.waiting).toBe(0);
  });

  it('refuses what is no time', async () => {
    const clock = new GatewayClock();
    await expect(clock.advance(-1)).rejects.toThrow(TypeError);
    await expect(clock.travel('no date')).rejects.toThrow(TypeError);
  });

  it('fires each timer once and never early (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { maxLength: 20 }), fc.array(fc.nat(300), { maxLength: 8 }), async (delays, moves) => {
        const clock = new GatewayClock(() => 0);
        clock.freeze();
        const fired: number[] = [];
        for (const delay of delays) clock.after(delay, () => fired.push(clock.now() - delay));
        for (const move of moves) await clock.advance(move);
        const total = moves.reduce((sum, move) => sum + move, 0);
        expect(fired.every((late) => late === 0)).toBe(true);
        // Without a move nothing is woken, not even what is due at once.
        expect(fired.length).toBe(moves.length === 0 ? 0 : delays.filter((delay) => delay <= total).length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the store in memory', () => {
  const counter = {
    name: 'count',
    apply: (state: number | undefined, now: number, cost: number) => ({
      state: (state ?? 0) + cost,
      verdict: (state ?? 0) + cost,
      expiresAt: now + 10,
    }),
  };

  it('counts by key and forgets what has expired', () => {
    const store = new MemoryStore();
    expect(store.update('a', counter, 0, 1)).toBe(1);
    expect(store.update('a', counter, 5, 2)).toBe(3);
    expect(store.update('b', counter, 5, 1)).toBe(1);
    expect(store.update('a', counter, 15, 1)).toBe(1);
  });

  it('does not grow without end', () => {
    const store = new MemoryStore();
    for (let at = 0; at < 20_000; at += 1) store.update(`key ${at}`, counter, at, 1);
    expect(store.size).toBeLessThan(2_000);
  });
});
