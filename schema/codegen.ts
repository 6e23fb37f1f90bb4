import type { CodegenConfig } from '@graphql-codegen/cli';

/** Where a schema type meets the value that our resolvers give for it: `Type: '<file below subgraphs/<name>/>#<type>'`. */
const MAPPERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  directory: {
    Person: './store.ts#PersonRow',
    Group: './store.ts#GroupRow',
    Topic: './topic.ts#TopicNode',
    PersonConnection: './types.ts#PersonConnectionNode',
    CollaboratorConnection: './types.ts#CollaboratorConnectionNode',
    GroupConnection: './types.ts#GroupConnectionNode',
    ExpertConnection: './types.ts#ExpertConnectionNode',
    Document: './types.ts#ForeignNode',
    Conversation: './types.ts#ForeignNode',
    Reply: './types.ts#ForeignNode',
    Node: './types.ts#AnyNode',
    Viewer: './types.ts#ViewerNode',
    Source: '../kit/sources.ts#SourceNode',
    RemovalConnection: '../kit/removals.ts#RemovalConnectionNode',
    Account: './types.ts#ForeignAccount',
  },
  documents: {
    Document: './area.ts#DocumentRow',
    DocumentConnection: './types.ts#DocumentConnectionNode',
    ContributorConnection: './types.ts#ContributorConnectionNode',
    Account: '../kit/content/rows.ts#AccountRow',
    AccountConnection: '../kit/content/resolvers.ts#AccountConnectionNode',
    Source: '../kit/sources.ts#SourceNode',
    RemovalConnection: '../kit/removals.ts#RemovalConnectionNode',
    Person: './types.ts#Reference',
    Group: './types.ts#Reference',
    Topic: './types.ts#Reference',
    Conversation: './types.ts#LinkedReference',
  },
  forum: {
    Conversation: './area.ts#ConversationRow',
    Reply: './area.ts#ReplyRow',
    ConversationConnection: './types.ts#ConversationConnectionNode',
    ReplyConnection: './types.ts#ReplyConnectionNode',
    Account: '../kit/content/rows.ts#AccountRow',
    AccountConnection: '../kit/content/resolvers.ts#AccountConnectionNode',
    Source: '../kit/sources.ts#SourceNode',
    RemovalConnection: '../kit/removals.ts#RemovalConnectionNode',
    Person: './types.ts#Reference',
    Group: './types.ts#Reference',
    Topic: './types.ts#Reference',
    Document: './types.ts#LinkedReference',
  },
};

/** Resolver types of every subgraph, made out of the schema: `npm run codegen`. */
const config: CodegenConfig = {
  generates: Object.fromEntries(
    Object.entries(MAPPERS).map(([name, mappers]) => [
      `subgraphs/${name}/generated.ts`,
      {
        schema: ['schema/shared.graphql', `schema/${name}.graphql`],
        plugins: [
          { add: { content: '// Generated from the schema by `npm run codegen`: do not edit.' } },
          'typescript',
          'typescript-resolvers',
        ],
        config: {
          federation: true,
          enumsAsTypes: true,
          useTypeImports: true,
          strictScalars: true,
          immutableTypes: true,
          scalars: { DateTime: 'string', _FieldSet: 'string' },
          contextType: `./context.ts#${name[0]?.toUpperCase()}${name.slice(1)}Context`,
          mappers,
          optionalResolveType: true,
        },
      },
    ]),
  ),
};

// The tool asks for a default export.
// oxlint-disable-next-line import/no-default-export
export default config;
