import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { PathTrie, type Piece } from '../../../src/matching/path-trie.ts';

const rank = (piece: Piece | undefined): number => (piece === undefined || 'text' in piece ? 0 : 'parameter' in piece ? 1 : 2);

/** The rule in its plainest form: sort what matches, segment by segment, and by the order of insertion. */
function naive(patterns: readonly (readonly Piece[])[], segments: readonly string[]): number[] {
  const fits = (pieces: readonly Piece[]): boolean => {
    for (const [at, piece] of pieces.entries()) {
      if ('rest' in piece) return true;
      if (at >= segments.length) return false;
      if ('text' in piece ? piece.text !== segments[at] : segments[at] === '') return false;
    }
    return pieces.length === segments.length;
  };
  return patterns
    .map((pieces, index) => ({ pieces, index }))
    .filter(({ pieces }) => fits(pieces))
    .sort((a, b) => {
      for (let at = 0; at < Math.max(a.pieces.length, b.pieces.length); at += 1) {
        const difference = rank(a.pieces[at]) - rank(b.pieces[at]);
        if (difference !== 0) return difference;
      }
      return a.index - b.index;
    })
    .map(({ index }) => index);
}

const word = fc.constantFrom('a', 'b', 'c', '');
const pattern = fc
  .tuple(
    fc.array(
      fc.oneof(
        word.map((text): Piece => ({ text })),
        fc.constant<Piece>({ parameter: 'x' }),
      ),
      { maxLength: 4 },
    ),
    fc.boolean(),
  )
  .map(([pieces, open]): Piece[] => (open ? [...pieces, { rest: '' }] : pieces));

describe('path trie', () => {
  it('offers the same patterns in the same order as the plainest matcher', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), fc.array(word, { maxLength: 5 }), (patterns, segments) => {
        const trie = new PathTrie<number>();
        for (const [index, pieces] of patterns.entries()) trie.insert(pieces, index);
        const offered: number[] = [];
        trie.find(segments, (value) => void offered.push(value));
        expect(offered).toEqual(naive(patterns, segments));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives parameters by name, the rest of the path too', () => {
    const trie = new PathTrie<string>();
    trie.insert([{ text: 'files' }, { parameter: 'owner' }, { rest: 'path' }], 'file');
    const found = trie.find(['files', 'ann', 'a', 'b'], (_, parameters) => parameters);
    expect(found).toEqual({ owner: 'ann', path: 'a/b' });
    expect(trie.find(['files', 'ann'], (_, parameters) => parameters)).toEqual({ owner: 'ann', path: '' });
  });

  it('visits hardly more for ten thousand routes than for ten', () => {
    const visits = (size: number): number => {
      const trie = new PathTrie<number>();
      for (let at = 0; at < size; at += 1) trie.insert([{ text: 'api' }, { text: `r${at}` }, { parameter: 'id' }], at);
      let offered = 0;
      for (let at = 0; at < size; at += 1) trie.find(['api', `r${at}`, '7'], () => void (offered += 1));
      return offered / size;
    };
    expect(visits(10_000)).toBe(visits(10));
  });
});
