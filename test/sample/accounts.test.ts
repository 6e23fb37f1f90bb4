import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth, sampleApp, type SampleApp, type Truth } from '../helpers/sample.ts';

interface Account {
  readonly source: string;
  readonly handle: string;
  readonly name: string;
  readonly person: { readonly id: string; readonly name: string } | null;
}
interface List<Node> {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: Node }[];
}
interface Conversation {
  readonly id: string;
  readonly author: Account | null;
  readonly participants: List<Account>;
}

const ACCOUNT = 'source handle name person { id name }';
const CONVERSATIONS = `conversations(first: 100) { totalCount edges { node { id author { ${ACCOUNT} }
  participants(first: 100) { totalCount edges { node { ${ACCOUNT} } } } } } }`;

/** An account is linked to a person where the directory knows whose it is, and to nobody on the strength of a name. */
describe('accounts', () => {
  let sample: SampleApp;
  let truth: Truth;
  beforeAll(async () => {
    [sample, truth] = await Promise.all([sampleApp(), readTruth()]);
  });
  afterAll(() => sample.close());

  function conversationsWith(participant: string) {
    return sample
      .ask<{ conversations: List<Conversation> }>({
        query: `query ($participant: ID) { ${CONVERSATIONS.replace('first: 100)', 'first: 100, filter: { participant: $participant })')} }`,
        variables: { participant },
      })
      .then(({ conversations }) => conversations);
  }

  async function personOf(id: string) {
    const { person } = await sample.ask<{
      person: { id: string; name: string; accounts: readonly Account[]; conversations: List<Conversation> };
    }>({
      query: `query ($id: ID!) { person(id: $id) { id name accounts { ${ACCOUNT} } ${CONVERSATIONS} } }`,
      variables: { id },
    });
    return person;
  }

  it('of nobody are shown under their own name, and their conversations are counted', async () => {
    for (const handle of truth.unlinked.handles) {
      const { totalCount, edges } = await conversationsWith(`acct:community:${handle}`);
      expect(totalCount, handle).toBeGreaterThan(0);
      expect(edges).toHaveLength(totalCount);
      for (const { node } of edges) {
        const parts = [...node.participants.edges.map((edge) => edge.node), ...(node.author ? [node.author] : [])];
        const own = parts.filter((account) => account.handle === handle);
        expect(own.length, `${handle} in ${node.id}`).toBeGreaterThan(0);
        for (const account of own) expect(account).toEqual({ source: 'community', handle, name: handle, person: null });
      }
    }
  });

  it('of nobody are listed for operators alone', async () => {
    const unlinked = async (viewer?: string) => {
      const { sources } = await sample.ask<{
        sources: { forum: { name: string; unlinkedAccounts: List<Account> | null }[] };
      }>({
        query: `{ sources { forum { name unlinkedAccounts(first: 100) { totalCount edges { node { ${ACCOUNT} } } } } } }`,
        viewer,
      });
      return new Map(sources.forum.map(({ name, unlinkedAccounts }) => [name, unlinkedAccounts]));
    };
    const listed = (await unlinked('noor.vandijk')).get('community');
    expect(listed?.edges.map(({ node }) => node.handle).toSorted()).toEqual([...truth.unlinked.handles].toSorted());
    expect(listed?.totalCount).toBe(truth.unlinked.handles.length);
    for (const viewer of [undefined, 'jose.ferreira']) {
      expect([...(await unlinked(viewer)).values()]).toEqual([null, null]);
    }
  });

  it('that look like a colleague are not the colleague’s', async () => {
    for (const [handle, uid] of Object.entries(truth.unlinked.lookLike)) {
      const { id, name, accounts, conversations } = await personOf(uid);
      expect(name).toBe(handle);
      expect(accounts.map((account) => account.handle)).not.toContain(handle);
      // Whatever is said to be the colleague's has an account in it that the directory gave them.
      for (const { node } of conversations.edges) {
        const owners = [node.author, ...node.participants.edges.map((edge) => edge.node)].map(
          (each) => each?.person?.id,
        );
        expect(owners).toContain(id);
      }
    }
  });

  it('of two people of one name are two people’s', async () => {
    const people = await Promise.all(truth.namesakes.people.map(({ uid }) => personOf(uid)));
    const [one, other] = people;
    expect(people.map(({ name }) => name)).toEqual([truth.namesakes.displayName, truth.namesakes.displayName]);
    expect(one?.id).not.toBe(other?.id);
    const handles = people.flatMap(({ accounts }) => accounts.map(({ source, handle }) => `${source}:${handle}`));
    expect(handles.length).toBeGreaterThan(2);
    expect(new Set(handles).size).toBe(handles.length);
    for (const { id, accounts } of people) for (const account of accounts) expect(account.person?.id).toBe(id);
  });

  it('of who left stay theirs', async () => {
    const { id, accounts } = await personOf(truth.former.uid);
    expect(accounts.length).toBeGreaterThan(0);
    for (const url of truth.former.documents) {
      const { document } = await sample.ask<{ document: { author: Account & { person: { status: string } } } }>({
        query: 'query ($url: ID!) { document(id: $url) { author { person { id status } } } }',
        variables: { url },
      });
      expect(document.author.person, url).toEqual({ id, status: 'LEFT' });
    }
  });

  it('lead from a person to exactly the conversations in which one of them speaks', async () => {
    const { accounts, conversations } = await personOf('amelie.durand');
    const byAccount = await Promise.all(
      accounts.map(({ source, handle }) => conversationsWith(`acct:${source}:${handle}`)),
    );
    const ids = new Set(byAccount.flatMap(({ edges }) => edges.map(({ node }) => node.id)));
    expect(accounts.length).toBeGreaterThan(1);
    expect(new Set(conversations.edges.map(({ node }) => node.id))).toEqual(ids);
    expect(conversations.totalCount).toBe(ids.size);
  });
});
