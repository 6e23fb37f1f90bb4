import { expect, it } from 'vitest';
import { rankPeople, type AreaContribution } from '../../subgraphs/directory/ranking.ts';

function contribution(person: string, mass: number, hits: number, total: number): AreaContribution {
  return { person, mass, hits, total, lastAt: null, evidence: [`${person}-item`] };
}

const anybody = () => true;

it('adds the areas up: mass, hits to the power of 0.7, and the length of each candidate', () => {
  const [first, second] = rankPeople(
    [
      { area: 'DIRECTORY', contributions: [] },
      { area: 'DOCUMENTS', contributions: [contribution('ann', 2, 3, 10), contribution('bob', 1, 1, 2)] },
      { area: 'FORUM', contributions: [contribution('ann', 1, 2, 10)] },
    ],
    anybody,
  );
  const mean = (20 + 2) / 2;
  expect(first?.person).toBe('ann');
  expect(first?.score).toBeCloseTo(3 * 5 ** 0.7 * Math.log2(1 + mean / 20), 12);
  expect(second?.score).toBeCloseTo(1 * 1 * Math.log2(1 + mean / 2), 12);
  expect(first?.reasons.map(({ area, share }) => [area, share])).toEqual([
    ['DOCUMENTS', 2 / 3],
    ['FORUM', 1 / 3],
  ]);
});

it('takes half of what people say of themselves', () => {
  const [only] = rankPeople([{ area: 'DIRECTORY', contributions: [contribution('ann', 1, 1, 1)] }], anybody);
  expect(only?.score).toBeCloseTo(0.5, 12);
});

it('is sure by two areas and three items, and unsure by one item or when an area is missing', () => {
  const confidenceOf = (documents: number, forum: number | null) =>
    rankPeople(
      [
        { area: 'DOCUMENTS', contributions: documents > 0 ? [contribution('ann', 1, documents, 9)] : [] },
        { area: 'FORUM', contributions: forum === null ? null : forum > 0 ? [contribution('ann', 1, forum, 9)] : [] },
      ],
      anybody,
    )[0]?.confidence;
  expect(confidenceOf(2, 1)).toBe('HIGH');
  expect(confidenceOf(1, 1)).toBe('MEDIUM');
  expect(confidenceOf(5, 0)).toBe('MEDIUM');
  expect(confidenceOf(1, 0)).toBe('LOW');
  expect(confidenceOf(5, null)).toBe('LOW');
});

it('is not sure by many items that match a little', () => {
  const confidenceOf = (mass: number) =>
    rankPeople(
      [
        { area: 'DOCUMENTS', contributions: [contribution('ann', mass / 2, 8, 9)] },
        { area: 'FORUM', contributions: [contribution('ann', mass / 2, 8, 9)] },
      ],
      anybody,
    )[0]?.confidence;
  expect([1, 0.3, 0.05].map(confidenceOf)).toEqual(['HIGH', 'MEDIUM', 'LOW']);
});

it('breaks ties by person and leaves out who may not be recommended', () => {
  const contributions = ['cem', 'ann', 'bob'].map((person) => contribution(person, 1, 1, 1));
  const ranked = rankPeople([{ area: 'FORUM', contributions }], (person) => person !== 'bob');
  expect(ranked.map(({ person }) => person)).toEqual(['ann', 'cem']);
});
