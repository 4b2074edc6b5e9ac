import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { newHandle, type Algorithm, type BalancerTarget } from '../../../src/dialects/kong/balancer/algorithm.ts';
import { consistentHashing } from '../../../src/dialects/kong/balancer/consistent-hashing.ts';
import { latency } from '../../../src/dialects/kong/balancer/latency.ts';
import { leastConnections } from '../../../src/dialects/kong/balancer/least-connections.ts';
import { roundRobin } from '../../../src/dialects/kong/balancer/round-robin.ts';
import { xxhash32 } from '../../../src/dialects/kong/balancer/xxhash32.ts';

const targets = (...weights: number[]): BalancerTarget[] => weights.map((weight, at) => ({ host: `10.0.0.${at + 1}`, port: 8000, weight }));
const all = (_target: number): boolean => true;
const pick = (algorithm: Algorithm, hash = '', isUp: (target: number) => boolean = all): number | undefined =>
  algorithm.pick(newHandle(hash), isUp, 0);

it.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the hash of %j is that of xxHash', (text, hash) => {
  expect(xxhash32(text)).toBe(hash);
});

describe('round-robin', () => {
  it('asks each target as often as its weight says, in every turn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const algorithm = roundRobin(targets(...weights));
        const total = weights.reduce((sum, one) => sum + one, 0);
        for (let turn = 0; turn < 2; turn += 1) {
          const seen = weights.map(() => 0);
          for (let at = 0; at < total; at += 1) seen[pick(algorithm) as number]! += 1;
          expect(seen).toEqual(weights);
        }
      }),
    );
  });

  it('passes over those that are not up, and answers nobody where none is', () => {
    const algorithm = roundRobin(targets(60_000, 1, 1));
    expect(Array.from({ length: 4 }, () => pick(algorithm, '', (at) => at > 0)).filter((at) => at === 1)).toHaveLength(2);
    expect(pick(algorithm, '', () => false)).toBeUndefined();
    expect(pick(roundRobin([]))).toBeUndefined();
  });
});

describe('consistent hashing', () => {
  const owners = (algorithm: Algorithm, isUp = all): (number | undefined)[] =>
    Array.from({ length: 300 }, (_, at) => pick(algorithm, `key ${at}`, isUp));

  it('gives each target a share by its weight, whatever the order of the file', () => {
    const list = targets(100, 300);
    const first = owners(consistentHashing(list, 2, 10_000));
    const share = first.filter((one) => one === 1).length / 300;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.9);
    const second = owners(consistentHashing([list[1] as BalancerTarget, list[0] as BalancerTarget], 2, 10_000));
    expect(second.map((one) => 1 - (one as number))).toEqual(first);
  });

  it('moves only what belonged to a target that is gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), (count, which) => {
        const gone = which % count;
        const algorithm = consistentHashing(targets(...Array.from({ length: count }, () => 100)), count, 10_000);
        const before = owners(algorithm);
        const after = owners(algorithm, (at) => at !== gone);
        expect(after.includes(gone)).toBe(false);
        for (const [at, owner] of before.entries()) if (owner !== gone) expect(after[at]).toBe(owner);
      }),
      { numRuns: 20 },
    );
  });

  it('has 1000 points at least, and nobody where they do not suffice', () => {
    const many = Array.from({ length: 1100 }, (_, at) => ({ host: `h${at}`, port: 80, weight: 1 }));
    expect(pick(consistentHashing(many, 1100, 10), 'a')).toBeUndefined();
    expect(pick(consistentHashing(targets(1), 1, 10), 'a')).toBe(0);
  });
});

describe('least-connections', () => {
  it('asks the one with the fewest for its weight, and the one after it where they are equal', () => {
    const algorithm = leastConnections(targets(100, 100));
    const first = newHandle('');
    first.at = algorithm.pick(first, all, 0) as number;
    expect([first.at, pick(algorithm)]).toEqual([0, 1]);
    algorithm.finished?.(first, 0, 0, true);
    expect(pick(algorithm)).toBe(0);
  });

  it('minds weights', () => {
    const algorithm = leastConnections(targets(10, 30));
    expect(Array.from({ length: 4 }, () => pick(algorithm))).toEqual([1, 1, 1, 0]);
  });

  it('does not ask one again that has failed this request until all have', () => {
    const algorithm = leastConnections(targets(100, 1));
    const handle = newHandle('');
    const asked: number[] = [];
    for (let at = 0; at < 4; at += 1) asked.push((handle.at = algorithm.pick(handle, all, 0) as number));
    expect(asked).toEqual([0, 1, 0, 1]);
    expect(algorithm.pick(handle, () => false, 0)).toBeUndefined();
  });
});

describe('latency', () => {
  it('asks the fastest, forgets with time, and starts a new one at the average', () => {
    const algorithm = latency(targets(100, 100));
    const served = (at: number, seconds: number, now: number): void => {
      const handle = newHandle('');
      handle.at = at;
      algorithm.finished?.(handle, seconds, now, true);
    };
    const choice = (now: number, isUp = all): number | undefined => algorithm.pick(newHandle(''), isUp, now);
    expect(choice(0)).toBe(0);
    served(0, 5, 10_000);
    expect(choice(10_000)).toBe(1);
    served(1, 0.1, 20_000);
    expect(choice(20_000)).toBe(1);
    served(1, 50, 30_000);
    expect(choice(30_000)).toBe(0);
    // Down and up again: the average of what is there, so that it does not get everything.
    expect(choice(30_000, (at) => at === 0)).toBe(0);
    expect(choice(30_000)).toBe(0);
  });

  it('asks each but once for a request', () => {
    const algorithm = latency(targets(100, 100));
    const handle = newHandle('');
    handle.at = algorithm.pick(handle, all, 0) as number;
    expect((handle.at = algorithm.pick(handle, all, 0) as number)).toBe(1);
    expect(algorithm.pick(handle, all, 0)).toBeUndefined();
  });
});
