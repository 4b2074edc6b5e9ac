import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { weightedBackends } from '../../../src/dialects/gateway-api/backends/weighted.ts';
import type { Answer, LinkDeps } from '../../../src/engine/kit.ts';
import type { Destination } from '../../../src/model/gateway.ts';
import { nowhere } from '../../../src/model/origin.ts';
import { exchange, testDeps } from '../engine/site.ts';

/** Draws a backend after the other; each tells its place. */
function drawer(weights: readonly number[]): () => number {
  const children = weights.map((_, at): Destination => ({ kind: 'told', options: at, origin: nowhere, children: [] }));
  const deps: LinkDeps = {
    ...testDeps(),
    link: () => expect.fail('no steps here'),
    linkAll: () => [],
    linkDestination:
      ({ options }) =>
      () =>
        ({ status: options }) as Answer,
  };
  const open = weightedBackends.create({ weights }, deps, { kind: 'gateway-api/weighted', options: null, origin: nowhere, children });
  return () => (open(exchange()) as Answer).status;
}
const times = <T>(count: number, act: () => T): T[] => Array.from({ length: count }, act);

describe('weights', () => {
  const lists = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 });

  it('are exact in as many requests in a row as they sum up to, wherever one begins to count', () => {
    fc.assert(
      fc.property(lists, fc.nat({ max: 300 }), (weights, before) => {
        const draw = drawer(weights);
        times(before, draw);
        const drawn = times(
          weights.reduce((sum, one) => sum + one, 0),
          draw,
        );
        expect(weights.map((_, at) => drawn.filter((one) => one === at).length)).toEqual(weights);
      }),
    );
  });

  it('are spread: nobody is ahead of its share by more than a request per backend', () => {
    fc.assert(
      fc.property(lists, (weights) => {
        const total = weights.reduce((sum, one) => sum + one, 0);
        const draw = drawer(weights);
        const seen = weights.map(() => 0);
        for (let count = 1; count <= total; count += 1) {
          const at = draw();
          seen[at] = (seen[at] as number) + 1;
          const ahead = (seen[at] as number) - (count * (weights[at] as number)) / total;
          expect(ahead).toBeLessThan(weights.length);
        }
      }),
    );
  });
});
