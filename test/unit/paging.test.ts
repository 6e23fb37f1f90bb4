import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Cursors } from '../../subgraphs/kit/cursors.ts';
import { pageOf, pageSize, toConnection, type PageArgs } from '../../subgraphs/kit/paging.ts';

const refusal = (code: string) => expect.objectContaining({ extensions: { code } });

describe('the size of a page', () => {
  it.each([
    [{}, 20],
    [{ first: null }, 20],
    [{ first: 1 }, 1],
    [{ first: 100 }, 100],
  ])('of %j is %d', (args, size) => expect(pageSize(args, 20)).toBe(size));

  it.each([0, -1, 101, 1.5, Number.NaN, 2 ** 31])('is not %d', (first) => {
    expect(() => pageSize({ first }, 20)).toThrow(refusal('PAGE_SIZE'));
  });

  it('may be less for a list of its own', () => {
    expect(() => pageSize({ first: 21 }, 8, 20)).toThrow('"first" must be from 1 to 20, not 21.');
  });
});

describe('a connection', () => {
  const edgeOf = (node: string) => ({ node, cursor: `<${node}>` });

  it('learns from one item too many that there is more', () => {
    expect(toConnection(['a', 'b', 'c'], { size: 2, after: null }, edgeOf, 9)).toEqual({
      edges: [edgeOf('a'), edgeOf('b')],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: '<a>', endCursor: '<b>' },
      totalCount: 9,
    });
  });

  it('that holds all there is, is the last', () => {
    expect(toConnection(['a', 'b'], { size: 2, after: null }, edgeOf, 2).pageInfo.hasNextPage).toBe(false);
  });

  it('of nothing has no cursors', () => {
    expect(toConnection([], { size: 2, after: '<z>' }, edgeOf, 0).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });
});

describe('a list in memory', () => {
  const cursors = new Cursors(randomBytes(32));
  const page = (items: string, args: PageArgs, list = 'letters') =>
    pageOf(cursors, list, items.split(''), args, {
      fallback: 3,
      keyOf: (letter) => letter,
      edgeOf: (letter) => ({ letter }),
    });
  const lettersOf = ({ edges }: ReturnType<typeof page>) => edges.map(({ letter }) => letter).join('');

  it('is walked without gaps', () => {
    const first = page('abcdefgh', {});
    const second = page('abcdefgh', { after: first.pageInfo.endCursor });
    const third = page('abcdefgh', { after: second.pageInfo.endCursor });
    expect([first, second, third].map(lettersOf)).toEqual(['abc', 'def', 'gh']);
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    expect(lettersOf(page('abcdefgh', { after: third.pageInfo.endCursor }))).toBe('');
  });

  it('goes on behind the same item after something was put before it', () => {
    const { pageInfo } = page('abcdefgh', {});
    expect(lettersOf(page('xyzabcdefgh', { after: pageInfo.endCursor }))).toBe('def');
  });

  it('goes on at the same place when that item is gone', () => {
    const { pageInfo } = page('abcdefgh', { first: 4 });
    // What stood before d and d itself: d is gone, so the place it had is where e is now.
    expect(lettersOf(page('abcefgh', { after: pageInfo.endCursor }))).toBe('efg');
  });

  it('refuses the cursor of another list', () => {
    const { pageInfo } = page('abcdefgh', {});
    expect(() => page('abcdefgh', { after: pageInfo.endCursor }, 'digits')).toThrow(refusal('BAD_CURSOR'));
  });
});
