import { pageOf, type PageArgs } from '../kit/paging.ts';
import type { DirectoryContext } from './context.ts';
import type { PersonRow } from './store.ts';
import type { CollaboratorConnectionNode, PersonReference } from './types.ts';

/** Who somebody works with, closest first: what the areas that answered say, added up. Null when none did. */
export async function collaboratorsOf(
  person: PersonRow & PersonReference,
  args: PageArgs,
  { personById, reader }: DirectoryContext,
): Promise<CollaboratorConnectionNode | null> {
  const { documentShares, forumShares } = person;
  if (!documentShares && !forumShares) return null;
  const people = new Map<string, { strength: number; sharedDocuments: number; sharedConversations: number }>();
  const entryOf = (id: string) => {
    const entry = people.get(id) ?? { strength: 0, sharedDocuments: 0, sharedConversations: 0 };
    people.set(id, entry);
    return entry;
  };
  for (const share of documentShares ?? []) {
    const entry = entryOf(share.person);
    entry.strength += share.strength;
    entry.sharedDocuments += share.items;
  }
  for (const share of forumShares ?? []) {
    const entry = entryOf(share.person);
    entry.strength += share.strength;
    entry.sharedConversations += share.items;
  }
  const rows = await personById.loadMany([...people.keys()]);
  const known = rows.flatMap((row) => {
    const entry = row && !(row instanceof Error) && people.get(row.gid);
    return entry ? [{ ...entry, node: row }] : [];
  });
  const closest = known.toSorted((a, b) => b.strength - a.strength || (a.node.gid < b.node.gid ? -1 : 1));
  return pageOf(reader.db.cursors, `collaborators ${person.gid}`, closest, args, {
    fallback: 10,
    keyOf: ({ node }) => node.gid,
    edgeOf: (edge) => edge,
  });
}
