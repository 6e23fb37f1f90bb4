import { describe, expect, it } from 'vitest';
import { ownText } from '../../subgraphs/forum/connectors/mail/quotes.ts';

describe('mbox: what a writer wrote', () => {
  it.each([
    ['Hello\n\n> old\n> older\n\nNew', 'Hello\n\nNew'],
    ['On Tue, 2 Jan 2024 at 10:00, Ann <a@x.example> wrote:\n> old\n\nNew', 'New'],
    ['On Tue, 2 Jan 2024 at 10:00, Ann Long Name\n<a@x.example> wrote:\n\n> old\nNew', 'New'],
    ['Am 02.01.2024 schrieb Ann:\n> alt\n\nNeu', 'Neu'],
    ['New\n\nOn Jan 2, 2024, at 10:00, Ann <a@x.example> wrote:\n\nold without marks', 'New'],
    ['As Ann wrote:\nit works', 'As Ann wrote:\nit works'],
    ['New\n\n-----Original Message-----\nFrom: Ann\nold', 'New'],
    ['New\n\nFrom: Ann\nSent: Tuesday\nTo: Bo\nSubject: x\n\nold', 'New'],
    ['Neu\n\n________________________________\nVon: Ann\nGesendet: Dienstag\nAn: Bo\nBetreff: x\n\nalt', 'Neu'],
    ['From: a to z\nis a range', 'From: a to z\nis a range'],
    ['New\n-- \nAnn\n+47 1', 'New'],
    ['New\n--\nAnn', 'New'],
    ['New\n_______________________________________________\ndev mailing list\nhttps://lists.example', 'New'],
    ['New\n\nSent from my iPhone', 'New'],
    ['a\n---\nb', 'a\n---\nb'],
    ['> all\n> quoted', ''],
  ])('%j → %j', (text, own) => expect(ownText(text)).toBe(own));
  it('is found in linear time', () => {
    const started = performance.now();
    for (const text of [
      'On '.repeat(50_000),
      '>'.repeat(200_000),
      'wrote:\n'.repeat(20_000),
      '_'.repeat(200_000),
      'From: x\n'.repeat(20_000),
      ' \n'.repeat(100_000),
    ])
      ownText(text);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
