import { expect, it } from 'vitest';
import { Asker, type QuestionMessage } from '../../subgraphs/kit/sync/questions.ts';

const question = { kind: 'readable', source: 'forum', account: null, keys: ['1'] } as const;

it('a question that is not answered in time fails, and the thread is told', async () => {
  const sent: QuestionMessage[] = [];
  const asker = new Asker((message) => sent.push(message));
  await expect(asker.ask(question, 1)).rejects.toMatchObject({
    name: 'ConnectorError',
    code: 'UNAVAILABLE',
    message: 'forum: no answer in time.',
  });
  expect(sent).toEqual([
    { type: 'question', id: 1, question },
    { type: 'nevermind', id: 1 },
  ]);
  // An answer that comes late is nobody's.
  const second = asker.ask(question, 60_000);
  asker.take({ type: 'answer', id: 1, answer: new Set(['late']) });
  asker.take({ type: 'answer', id: 2, answer: new Set(['1']) });
  expect(await second).toEqual(new Set(['1']));
});

it('answers find their questions in whatever order, failures as what they are', async () => {
  const asker = new Asker(() => {});
  const [first, second] = [asker.ask(question, 60_000), asker.ask(question, 60_000)];
  asker.take({ type: 'failure', id: 2, code: 'RATE_LIMITED', message: 'forum: slower.', retryAfterMs: 5 });
  asker.take({ type: 'answer', id: 1, answer: undefined });
  expect(await first).toBeUndefined();
  await expect(second).rejects.toMatchObject({ code: 'RATE_LIMITED', message: 'forum: slower.', retryAfterMs: 5 });
});
