import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { Fields } from '../../../src/http/fields.ts';
import { connectionTokens, endToEnd } from '../../../src/http/hop-by-hop.ts';

const raw = ['Host', 'a', 'X-A', '1', 'x-a', '2', 'B', '3'];
const some = (): Fields => new Fields([...raw]);

describe('fields', () => {
  it('keep order, case and repetition', () => {
    expect([...some()].flat()).toEqual(raw);
  });
  it('are found whatever the case', () => {
    expect(some().get('x-A')).toBe('1');
    expect(some().getAll('X-A')).toEqual(['1', '2']);
    expect(some().joined('x-a')).toBe('1, 2');
    expect(some().get('c')).toBeUndefined();
  });
  it('are set at the place of the first', () => {
    const fields = some();
    fields.set('X-a', '9');
    expect(fields.raw).toEqual(['Host', 'a', 'X-a', '9', 'B', '3']);
  });
  it('do not take a near name for another: letters only differ by case', () => {
    expect(new Fields(['X-@', '1', 'X-`', '2']).getAll('x-`')).toEqual(['2']);
  });
  it('copy without sharing', () => {
    const fields = some();
    fields.copy().remove('host');
    expect(fields.has('host')).toBe(true);
  });

  it('behave like a plain list of pairs (property)', () => {
    const name = fc.constantFrom('A', 'a', 'B', 'b-c', 'B-C', 'D');
    const pairs = fc.array(fc.tuple(name, fc.string()));
    const act = fc.oneof(fc.tuple(fc.constant('set'), name), fc.tuple(fc.constant('remove'), name), fc.tuple(fc.constant('append'), name));
    fc.assert(
      fc.property(pairs, fc.array(act), (start, acts) => {
        const fields = Fields.from(start);
        let model = start.map(([key, value]) => [key, value] as [string, string]);
        const is = (key: string) => (pair: readonly [string, string]) => pair[0].toLowerCase() === key.toLowerCase();
        for (const [what, key] of acts) {
          if (what === 'append') model.push([key, 'v']);
          if (what === 'remove') model = model.filter((pair) => !is(key)(pair));
          if (what === 'set') {
            const first = model.findIndex(is(key));
            if (first < 0) model.push([key, 'v']);
            else model = model.flatMap((pair, at): [string, string][] => (at === first ? [[key, 'v']] : is(key)(pair) ? [] : [pair]));
          }
          if (what === 'append') fields.append(key, 'v');
          if (what === 'remove') fields.remove(key);
          if (what === 'set') fields.set(key, 'v');
        }
        expect([...fields]).toEqual(model);
      }),
    );
  });
});

describe('hop-by-hop fields', () => {
  it('are dropped, with those that Connection lists', () => {
    const fields = new Fields([
      'Host',
      'a',
      'Connection',
      'close, X-Hop',
      'x-hop',
      '1',
      'Keep-Alive',
      '5',
      'TE',
      'trailers',
      'Upgrade',
      'h2c',
      'Expect',
      '100-continue',
      'Proxy',
      'http://evil',
      'X-End',
      '2',
    ]);
    expect(endToEnd(fields).raw).toEqual(['Host', 'a', 'X-End', '2']);
    expect(connectionTokens(fields)).toEqual(['close', 'x-hop']);
  });
  it('do not include what a message cannot do without, whatever Connection lists', () => {
    const fields = new Fields(['Host', 'a', 'Connection', 'Host, Authorization, Content-Length', 'Authorization', 'x', 'Content-Length', '3']);
    expect(endToEnd(fields).raw).toEqual(['Host', 'a', 'Authorization', 'x', 'Content-Length', '3']);
  });
});
