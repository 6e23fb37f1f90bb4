import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyOf, readTruth, SAMPLE, sampleApp, type SampleApp, type Truth } from '../helpers/sample.ts';

interface Edge<Node> {
  readonly node: Node;
}
interface List<Node> {
  readonly edges: readonly Edge<Node>[];
}

/** What was planted in the sample company is found, by what a portal would ask. */
describe('the planted truth', () => {
  let sample: SampleApp;
  let truth: Truth;

  beforeAll(async () => {
    [sample, truth] = await Promise.all([sampleApp(), readTruth()]);
  });
  afterAll(() => sample.close());

  /** Mail addresses up to the @ are user names in the sample. */
  async function expertsOn(topic: string, viewer?: string, first = 10): Promise<string[]> {
    const { topic: found } = await sample.ask<{ topic: { people: List<{ mail: string }> } }>({
      query: `query ($topic: String!, $first: Int) { topic(query: $topic) { people(first: $first) { edges { node { mail } } } } }`,
      variables: { topic, first },
      viewer,
    });
    return found.people.edges.map(({ node }) => node.mail.split('@')[0] ?? '');
  }

  async function uidOf(mailOrUid: string): Promise<string> {
    const { person } = await sample.ask<{ person: { mail: string } }>({
      query: `query ($id: ID!) { person(id: $id) { mail } }`,
      variables: { id: mailOrUid },
    });
    return person.mail.split('@')[0] ?? '';
  }

  it('names the planted experts: the first of them first, all of them among five', async () => {
    const failures: string[] = [];
    let firsts = 0;
    for (const { topic, experts } of truth.experts.subjects) {
      const found = await expertsOn(topic, undefined, 5);
      const planted = await Promise.all(experts.map((uid) => uidOf(uid)));
      if (found[0] === planted[0]) firsts++;
      if (!found.slice(0, 3).includes(planted[0] ?? ''))
        failures.push(`${topic}: ${planted[0]} not in ${found.join(', ')}`);
      for (const uid of planted) if (!found.includes(uid)) failures.push(`${topic}: ${uid} not in ${found.join(', ')}`);
    }
    expect(failures).toEqual([]);
    expect(firsts / truth.experts.subjects.length).toBeGreaterThanOrEqual(0.9);
  });

  it('answers the flagship question in the planted order', async () => {
    const planted = await Promise.all(truth.flagship.experts.map((uid) => uidOf(uid)));
    expect((await expertsOn(truth.flagship.topic)).slice(0, planted.length)).toEqual(planted);
  });

  it('recommends neither the loud generalist nor the asker', async () => {
    const generalist = await uidOf(truth.generalist.uid);
    for (const { topic } of truth.experts.subjects) {
      expect((await expertsOn(topic)).slice(0, 3), topic).not.toContain(generalist);
    }
    const found = await expertsOn(truth.asker.topic, undefined, 50);
    const asker = found.indexOf(await uidOf(truth.asker.uid));
    for (const expert of truth.asker.experts) {
      const place = found.indexOf(await uidOf(expert));
      expect(place).toBeGreaterThanOrEqual(0);
      if (asker >= 0) expect(place).toBeLessThan(asker);
    }
  });

  it('tells namesakes apart', async () => {
    const [one, other] = truth.namesakes.people;
    if (!one || !other) throw new Error('There are no namesakes.');
    const [first, second] = [await uidOf(one.uid), await uidOf(other.uid)];
    expect(first).not.toBe(second);
    expect((await expertsOn(one.topic))[0]).toBe(first);
    expect((await expertsOn(other.topic))[0]).toBe(second);
    expect((await expertsOn(one.topic)).slice(0, 3)).not.toContain(second);
  });

  it('does not recommend who left, but shows them as author; the successor is named', async () => {
    const { former } = truth;
    const found = await expertsOn(former.topic, undefined, 50);
    expect(found).not.toContain(await uidOf(former.uid));
    expect(found.slice(0, 3)).toContain(await uidOf(former.successor));
    const { document } = await sample.ask<{ document: { author: { person: { status: string } } } }>({
      query: `query ($id: ID!) { document(id: $id) { author { person { status } } } }`,
      variables: { id: former.documents[0] },
    });
    expect(document.author.person.status).toBe('LEFT');
  });

  it('keeps accounts of nobody: shown, listed, linked by no display name', async () => {
    const { conversations } = await sample.ask<{ conversations: { totalCount: number } & List<{ author: Author }> }>({
      query: `query ($id: ID) { conversations(filter: { participant: $id }, first: 5) {
        totalCount edges { node { author { handle name person { id } } } } } }`,
      variables: { id: `acct:community:${truth.unlinked.handles[0] ?? ''}` },
    });
    expect(conversations.totalCount).toBeGreaterThan(0);
    const { sources } = await sample.ask<{ sources: { forum: { unlinkedAccounts: List<{ handle: string }> }[] } }>({
      query: '{ sources { forum { unlinkedAccounts(first: 100) { edges { node { handle } } } } } }',
      viewer: 'noor.vandijk',
    });
    const unlinked = sources.forum.flatMap(({ unlinkedAccounts }) =>
      unlinkedAccounts.edges.map(({ node }) => node.handle),
    );
    expect(unlinked).toEqual(expect.arrayContaining([...truth.unlinked.handles]));
    for (const uid of Object.values(truth.unlinked.lookLike)) {
      const { person } = await sample.ask<{ person: { accounts: { handle: string }[] } }>({
        query: `query ($id: ID!) { person(id: $id) { accounts { handle } } }`,
        variables: { id: uid },
      });
      expect(person.accounts.map(({ handle }) => handle)).not.toEqual(
        expect.arrayContaining(Object.keys(truth.unlinked.lookLike)),
      );
    }
  });

  interface Author {
    readonly handle: string;
    readonly person: { readonly id: string } | null;
  }

  it('finds the current page before the outdated one', async () => {
    for (const { subject, outdated, current } of truth.outdated.pages) {
      const topic = truth.experts.subjects.find(({ id }) => id === subject)?.topic ?? subject;
      const { topic: found } = await sample.ask<{ topic: { content: List<{ url: string }> } }>({
        query: `query ($topic: String!) { topic(query: $topic) { content(first: 100) { edges { node { url } } } } }`,
        variables: { topic },
      });
      const urls = found.content.edges.map(({ node }) => node.url);
      expect(urls, topic).toContain(outdated);
      expect(urls.indexOf(current), topic).toBeLessThan(urls.indexOf(outdated));
      expect(urls, topic).toContain(current);
    }
  });

  it('links threads and the documents they became, both ways', async () => {
    for (const { conversation, document } of truth.threadsThatBecameDocuments.pairs) {
      const url = `https://community.kestrel.example/t/${conversation}`;
      const found = await sample.ask<{
        document: { conversations: List<{ url: string }> };
        conversation: { documents: List<{ url: string }> };
      }>({
        query: `query ($document: ID!, $url: ID!) {
          document(id: $document) { conversations(first: 50) { edges { node { url } } } }
          conversation(id: $url) { documents(first: 50) { edges { node { url } } } }
        }`,
        variables: { document, url },
      });
      expect(found.document.conversations.edges.map(({ node }) => node.url)).toContain(url);
      expect(found.conversation.documents.edges.map(({ node }) => node.url)).toContain(document);
    }
  });

  it('lists the unanswered questions', async () => {
    const ids = new Set<string>();
    const silent = new Set<string>();
    let after: string | null = null;
    do {
      const page: { conversations: List<{ id: string; replies: { totalCount: number } }> & { pageInfo: Page } } =
        await sample.ask({
          query: `query ($after: String) {
            conversations(filter: { source: "community", isQuestion: true, answered: false }, first: 7, after: $after) {
            edges { node { id replies(first: 1) { totalCount } } } pageInfo { hasNextPage endCursor } } }`,
          variables: { after },
        });
      for (const { node } of page.conversations.edges) {
        expect(ids.has(node.id)).toBe(false);
        ids.add(node.id);
        if (node.replies.totalCount === 0) silent.add(keyOf(node.id));
      }
      after = page.conversations.pageInfo.hasNextPage ? page.conversations.pageInfo.endCursor : null;
    } while (after !== null);
    // Counted the long way, in the file itself.
    const file = await readFile(join(SAMPLE, 'conversations.ndjson'), 'utf8');
    const open = file
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { id: string; isQuestion: boolean; replies: { accepted?: boolean }[]; readers?: [] },
      )
      .filter(
        ({ isQuestion, replies, readers }) => isQuestion && !readers && !replies.some(({ accepted }) => accepted),
      );
    expect([...ids].map(keyOf).toSorted()).toEqual(open.map(({ id }) => id).toSorted());
    expect([...silent].toSorted()).toEqual(
      open
        .filter(({ replies }) => replies.length === 0)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect([...ids].map(keyOf)).toEqual(expect.arrayContaining([...truth.unanswered.conversations]));
    expect([...silent]).toEqual(expect.arrayContaining([...truth.unanswered.withoutReply]));
    const { conversations } = await sample.ask<{ conversations: { totalCount: number } }>({
      query: '{ conversations(filter: { source: "community", isQuestion: true, answered: false }) { totalCount } }',
    });
    expect(ids.size).toBe(conversations.totalCount);
  });

  interface Page {
    readonly hasNextPage: boolean;
    readonly endCursor: string;
  }

  it('finds the conversations of a topic that has no document, and no expert where there is none', async () => {
    for (const { topic, conversations } of truth.topicsWithoutDocument.topics) {
      const { topic: found } = await sample.ask<{ topic: { conversations: List<{ id: string }> } }>({
        query: `query ($topic: String!) { topic(query: $topic) { conversations(first: 10) { edges { node { id } } } } }`,
        variables: { topic },
      });
      const keys = found.conversations.edges.map(({ node }) => keyOf(node.id));
      expect(
        keys.some((key) => conversations.includes(key)),
        topic,
      ).toBe(true);
    }
    for (const { topic, former } of truth.topicsWithoutExpert.topics) {
      const found = await expertsOn(topic, undefined, 50);
      if (former !== undefined) expect(found).not.toContain(await uidOf(former));
    }
  });

  it('takes other names of a topic for the topic', async () => {
    const { topic } = await sample.ask<{ topic: { label: string; related: { name: string }[] } }>({
      query: '{ topic(query: "ssl certificates") { label related { name } } }',
    });
    expect(topic.label).toBe(truth.flagship.label);
    expect(topic.related.map(({ name }) => name)).not.toContain(truth.flagship.label);
    expect(topic.related.length).toBeGreaterThan(0);
    const planted = await Promise.all(truth.flagship.experts.map((uid) => uidOf(uid)));
    expect((await expertsOn('ssl certificates', undefined, 5)).slice(0, 3)).toEqual(
      expect.arrayContaining(planted.slice(0, 2)),
    );
  });

  it('proves its recommendations by items that can be looked up', async () => {
    const { topic } = await sample.ask<{
      topic: { people: { edges: readonly { reasons: readonly Reason[]; confidence: string }[] } };
    }>({
      query: `query ($topic: String!) { topic(query: $topic) { people(first: 5) { edges { confidence reasons {
        area share hits evidence { __typename id ... on Document { title } ... on Conversation { title } ... on Person { name } }
      } } } } }`,
      variables: { topic: truth.flagship.topic },
    });
    for (const { reasons } of topic.people.edges) {
      expect(reasons.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      for (const { evidence } of reasons) {
        expect(evidence.length).toBeGreaterThan(0);
        for (const item of evidence) expect(item?.title ?? item?.name).toBeTypeOf('string');
      }
    }
    expect(topic.people.edges[0]?.confidence).toBe('HIGH');
  });

  interface Reason {
    readonly share: number;
    readonly evidence: readonly ({ readonly title?: string; readonly name?: string } | null)[];
  }

  it('finds mails and minutes beside forum threads', async () => {
    for (const channel of ['EMAIL', 'MEETING', 'FORUM', 'CHAT']) {
      const { topic } = await sample.ask<{ topic: { conversations: { totalCount: number } } }>({
        query: `query ($channel: Channel) { topic(query: "TLS certificate rotation") {
          conversations(filter: { channel: $channel }) { totalCount } } }`,
        variables: { channel },
      });
      expect(topic.conversations.totalCount, channel).toBeGreaterThan(0);
    }
  });
});
