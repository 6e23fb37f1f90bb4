import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSchema, findBreakingChanges, Kind, printSchema, visit, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { API_FILE, composeAll, isSupergraphFresh } from '../../gateway/supergraph/compose.ts';
import { readTypeDefs } from '../../subgraphs/kit/schema.ts';
import { subgraphs } from '../../subgraphs/registry.ts';

const composed = composeAll();
const written = readFileSync(API_FILE, 'utf8');

/** What clients would lose of the API as it is written down, were `now` the API. */
function lostBy(now: string): string[] {
  return findBreakingChanges(buildSchema(written), buildSchema(now)).map(({ description }) => description);
}

/** The API that clients would see of the subgraphs' schemas after a change to them. */
function apiAfter(change: (typeDefs: DocumentNode, subgraph: string) => DocumentNode): string {
  const { schema, errors } = composeServices(
    subgraphs.map(({ name }) => ({ name, url: `http://${name}.invalid`, typeDefs: change(readTypeDefs(name), name) })),
  );
  if (!schema) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return printSchema(schema.toAPISchema().toGraphQLJSSchema());
}

/** A schema without one of its fields, arguments or enum values, all that are called `name` within `type`. */
function without(typeDefs: DocumentNode, type: string, name: string): DocumentNode {
  return visit(typeDefs, {
    enter(node) {
      if (!('name' in node) || !node.name) return undefined;
      const isType = node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_DEFINITION;
      // Other types are left alone: nothing in them is looked at.
      if (isType) return node.name.value === type ? undefined : false;
      return node.name.value === name && node.kind !== Kind.NAMED_TYPE ? null : undefined;
    },
  });
}

describe('what is composed', () => {
  it.each([...composed].map(([file, text]) => ({ name: basename(file.pathname), file, text })))(
    'is written in $name as composing gives it now',
    ({ file, text }) => {
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  it('is both files, and known to be fresh', () => {
    expect([...composed.keys()].map(({ pathname }) => basename(pathname))).toEqual([
      'supergraph.graphql',
      'api.graphql',
    ]);
    expect(isSupergraphFresh()).toBe(true);
  });

  it('hides what the subgraphs tell each other alone', () => {
    const api = buildSchema(written);
    for (const hidden of ['TopicPart', 'Contribution', 'TagCount', 'SourceCoverage', 'SharedWork']) {
      expect(api.getType(hidden), hidden).toBeUndefined();
    }
    expect(written).not.toMatch(/^\s*(ref|viewerOf|documentsPart|forumPart|documentShares|forumShares)\b/m);
  });
});

describe('a breaking change', () => {
  it('is not made by the schemas as they are', () => {
    expect(lostBy(composed.get(API_FILE) ?? '')).toEqual([]);
  });

  it.each([
    ['a field', 'directory', 'ExpertEdge', 'confidence', 'ExpertEdge.confidence was removed.'],
    ['a field of another’s entity', 'forum', 'Person', 'reputation', 'Person.reputation was removed.'],
    ['an argument', 'documents', 'Topic', 'filter', 'Topic.content arg filter was removed.'],
    ['a value', 'forum', 'Channel', 'CHAT', 'CHAT was removed from enum type Channel.'],
  ])('is named: %s is gone', (_what, subgraph, type, name, loss) => {
    const now = apiAfter((typeDefs, each) => (each === subgraph ? without(typeDefs, type, name) : typeDefs));
    expect(lostBy(now)).toContain(loss);
  });

  it('is none where only something is added', () => {
    const more = `${written}\nextend type Person { "The number of the room." room: String }\n`;
    expect(lostBy(more)).toEqual([]);
  });
});
