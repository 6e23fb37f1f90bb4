// Generated from the schema by `npm run codegen`: do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { DocumentRow } from './area.ts';
import type { DocumentConnectionNode, ContributorConnectionNode, Reference, LinkedReference } from './types.ts';
import type { AccountRow } from '../kit/content/rows.ts';
import type { AccountConnectionNode } from '../kit/content/resolvers.ts';
import type { SourceNode } from '../kit/sources.ts';
import type { RemovalConnectionNode } from '../kit/removals.ts';
import type { DocumentsContext } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment, ISO 8601 in UTC: `2026-11-20T09:30:00.000Z`. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** An account of a tool, linked to a person where the directory knows whose it is (SIOC UserAccount). */
export type Account = {
  readonly __typename?: 'Account';
  /**
   * User name, user id or address within that tool. A mail address or telephone number, as in mail archives, is contact
   * data: null without the scope `people:contact`.
   */
  readonly handle?: Maybe<Scalars['String']['output']>;
  /** `acct:<source>:<handle>`; opaque where the handle is contact data, and stable all the same. */
  readonly id: Scalars['ID']['output'];
  /** When the tool last saw it; null where the tool does not show that. */
  readonly lastSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** The name the tool shows; addresses in it are cut short (`jan…`) without the scope `people:contact`. */
  readonly name: Scalars['String']['output'];
  /** Whose account it is; null for nobody in the directory. */
  readonly person?: Maybe<Person>;
  /** The standing the tool itself shows for it, such as likes received. It may count what the viewer may not read, and is no part of any ranking; null where the tool shows none. */
  readonly reputation?: Maybe<Scalars['Int']['output']>;
  /** The source the account belongs to. */
  readonly source: Scalars['String']['output'];
};

/** A page of accounts. */
export type AccountConnection = {
  readonly __typename?: 'AccountConnection';
  /** The accounts of this page. */
  readonly edges: ReadonlyArray<AccountEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** An account in a list. */
export type AccountEdge = {
  readonly __typename?: 'AccountEdge';
  /** Its place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The account. */
  readonly node: Account;
};

/** The three kinds of tools. */
export type Area =
  /** People and groups. */
  | 'DIRECTORY'
  /** Documents: wiki pages, files. */
  | 'DOCUMENTS'
  /** Conversations: forum threads, mails, chats, meetings. */
  | 'FORUM';

/** What one person contributed to the items found for a topic in one area. */
export type Contribution = {
  readonly __typename?: 'Contribution';
  /** Ids of the items with most weight, at most 3. */
  readonly evidence: ReadonlyArray<Scalars['ID']['output']>;
  /** Number of items found in which the person has a role. */
  readonly hits: Scalars['Int']['output'];
  /** Date of the latest of the items found. */
  readonly lastAt?: Maybe<Scalars['DateTime']['output']>;
  /** Σ vote × weight of the person's role, over the items found. */
  readonly mass: Scalars['Float']['output'];
  /** The person's id. */
  readonly person: Scalars['ID']['output'];
  /** Number of all items of the area in which the person has a role. */
  readonly total: Scalars['Int']['output'];
};

/** A page of people and accounts with a part in a document. */
export type ContributorConnection = {
  readonly __typename?: 'ContributorConnection';
  /** The contributors of this page. */
  readonly edges: ReadonlyArray<ContributorEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** Somebody with a part in a document. */
export type ContributorEdge = {
  readonly __typename?: 'ContributorEdge';
  /** Their place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The account. */
  readonly node: Account;
  /** The part. */
  readonly role: DocumentRole;
};

export type Conversation = {
  readonly __typename?: 'Conversation';
  /** Documents it links to, and documents that link to it. */
  readonly documents?: Maybe<DocumentConnection>;
  /** Stable across edits. */
  readonly id: Scalars['ID']['output'];
  /** The addresses it links to. */
  readonly links: ReadonlyArray<Scalars['String']['output']>;
  /** Its address in its tool. */
  readonly url?: Maybe<Scalars['String']['output']>;
};


export type ConversationDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A document: a wiki page, a file (SIOC Item). */
export type Document = Node & {
  readonly __typename?: 'Document';
  /** Who wrote it: the first author. */
  readonly author?: Maybe<Account>;
  /** The text, without markup. */
  readonly body: Scalars['String']['output'];
  /** Media type of the original (RFC 6838). */
  readonly contentType: Scalars['String']['output'];
  /** Everybody with a part in it, authors first. */
  readonly contributors: ContributorConnection;
  /** When it was created, where the tool tells. */
  readonly createdAt?: Maybe<Scalars['DateTime']['output']>;
  /** Stable across edits. */
  readonly id: Scalars['ID']['output'];
  /** Documents it links to. */
  readonly linkedDocuments: DocumentConnection;
  /** The addresses it links to, at most 200. */
  readonly links: ReadonlyArray<Scalars['String']['output']>;
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
  /** The source it comes from. */
  readonly source: Scalars['String']['output'];
  /** The part of the tool it lives in. */
  readonly space: Scalars['String']['output'];
  /** Whether it still holds. */
  readonly status: DocumentStatus;
  /** The beginning of the text, at most 300 characters. */
  readonly summary: Scalars['String']['output'];
  /** Its tags. */
  readonly tags: ReadonlyArray<Scalars['String']['output']>;
  /** The title. */
  readonly title: Scalars['String']['output'];
  /** When it last changed, where the tool tells. */
  readonly updatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its address in its tool. */
  readonly url?: Maybe<Scalars['String']['output']>;
};


/** A document: a wiki page, a file (SIOC Item). */
export type DocumentContributorsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A document: a wiki page, a file (SIOC Item). */
export type DocumentLinkedDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of documents. */
export type DocumentConnection = {
  readonly __typename?: 'DocumentConnection';
  /** The documents of this page. */
  readonly edges: ReadonlyArray<DocumentEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A document in a list. */
export type DocumentEdge = {
  readonly __typename?: 'DocumentEdge';
  /** Its place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The words around the best place; null where nothing was searched for. */
  readonly excerpt?: Maybe<Excerpt>;
  /** The document. */
  readonly node: Document;
  /** How well it matches, larger is better; null where nothing was searched for. */
  readonly score?: Maybe<Scalars['Float']['output']>;
};

/** Which documents. All conditions given must hold. */
export type DocumentFilter = {
  /** Written by this person: the id of a Person or of an Account. */
  readonly author?: InputMaybe<Scalars['ID']['input']>;
  /** Created at or after this moment. */
  readonly createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Created before this moment. */
  readonly createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** The source's name in the configuration. */
  readonly source?: InputMaybe<Scalars['String']['input']>;
  /** In this space. */
  readonly space?: InputMaybe<Scalars['String']['input']>;
  /** With this status. */
  readonly status?: InputMaybe<DocumentStatus>;
  /** With this tag. */
  readonly tag?: InputMaybe<Scalars['String']['input']>;
  /** Words to search for; any word may match, the best match first whatever `orderBy` says. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
  /** Changed at or after this moment. */
  readonly updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Changed before this moment. */
  readonly updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** An order of documents. All are total: pages neither repeat nor miss an item. */
export type DocumentOrder =
  /** In the order in which Atrium learned of the change: keep the last `endCursor`, and later go on from there to get what changed since. */
  | 'CHANGED'
  /** Oldest first. */
  | 'CREATED_ASC'
  /** Newest first. */
  | 'CREATED_DESC'
  /** Earliest change first. */
  | 'UPDATED_ASC'
  /** Latest change first. */
  | 'UPDATED_DESC';

/** What somebody had to do with a document. */
export type DocumentRole =
  /** Wrote it. */
  | 'AUTHOR'
  /** Changed it. */
  | 'EDITOR'
  /** Is named in it. */
  | 'MENTIONED';

/** Whether a document still holds. */
export type DocumentStatus =
  /** Put away. */
  | 'ARCHIVED'
  /** It holds. */
  | 'CURRENT'
  /** Its tool marks it as overtaken. */
  | 'OUTDATED';

/** The words around the best place of a match. */
export type Excerpt = {
  readonly __typename?: 'Excerpt';
  /** What matched, as places in `text`. */
  readonly marks: ReadonlyArray<Mark>;
  /** Plain text, at most 300 characters; escape it before putting it into a page. */
  readonly text: Scalars['String']['output'];
};

export type Group = {
  readonly __typename?: 'Group';
  /** Documents its members have a part in and the viewer may read. */
  readonly documents?: Maybe<DocumentConnection>;
  /** Stable across renames. */
  readonly id: Scalars['ID']['output'];
};


export type GroupDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DocumentOrder>;
};

/** A stretch of text, in UTF-16 code units. */
export type Mark = {
  readonly __typename?: 'Mark';
  /** One past the last character. */
  readonly end: Scalars['Int']['output'];
  /** First character. */
  readonly start: Scalars['Int']['output'];
};

/** Anything that has an id of its own and can be asked for by `node`. */
export type Node = {
  /** Opaque and stable; unique over all types. */
  readonly id: Scalars['ID']['output'];
};

/** Where a page stands in its list (Relay Cursor Connections). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The last item's cursor: give it as `after` for the next page; null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether more items follow this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether this page was asked for with `after`. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first item's cursor; null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

export type Person = {
  readonly __typename?: 'Person';
  /** Accounts in the document tools. */
  readonly documentAccounts?: Maybe<ReadonlyArray<Account>>;
  /** Who the person shares documents with. */
  readonly documentShares?: Maybe<ReadonlyArray<SharedWork>>;
  /** Documents the person has a part in and the viewer may read. */
  readonly documents?: Maybe<DocumentConnection>;
  /** Stable across renames. */
  readonly id: Scalars['ID']['output'];
};


export type PersonDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DocumentOrder>;
};

/** An item of a tool that could not be used. */
export type Problem = {
  readonly __typename?: 'Problem';
  /** When it was seen. */
  readonly at: Scalars['DateTime']['output'];
  /** Where to look: `people.ldif:120`. Addresses here and in `reason` are cut short without the scope `people:contact`. */
  readonly place: Scalars['String']['output'];
  /** What is wrong and what to change. */
  readonly reason: Scalars['String']['output'];
};

/** A page of problems. */
export type ProblemConnection = {
  readonly __typename?: 'ProblemConnection';
  /** The problems of this page. */
  readonly edges: ReadonlyArray<ProblemEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A problem in a list. */
export type ProblemEdge = {
  readonly __typename?: 'ProblemEdge';
  /** Its place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The problem. */
  readonly node: Problem;
};

export type Query = {
  readonly __typename?: 'Query';
  /** A document by id, or by its address in its tool. */
  readonly document?: Maybe<Document>;
  /** Documents the viewer may read. */
  readonly documents?: Maybe<DocumentConnection>;
  /** Documents that are gone, for reports: keep the last `endCursor`, and go on from it next time. */
  readonly removedDocuments?: Maybe<RemovalConnection>;
  /** The tools behind Atrium and how their mirrors are doing. */
  readonly sources: Sources;
};


export type QueryDocumentArgs = {
  id: Scalars['ID']['input'];
};


export type QueryDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<DocumentOrder>;
};


export type QueryRemovedDocumentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Something that was there and is gone from its tool. Only what the viewer might have read is told of. */
export type Removal = {
  readonly __typename?: 'Removal';
  /** The id it had. */
  readonly id: Scalars['ID']['output'];
  /** When Atrium learned of it. */
  readonly removedAt: Scalars['DateTime']['output'];
};

/** A page of things that are gone. */
export type RemovalConnection = {
  readonly __typename?: 'RemovalConnection';
  /** The removals of this page, earliest first. */
  readonly edges: ReadonlyArray<RemovalEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A removal in a list. */
export type RemovalEdge = {
  readonly __typename?: 'RemovalEdge';
  /** Its place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The removal. */
  readonly node: Removal;
};

/** Who a person shares items with in one area. Never seen by clients. */
export type SharedWork = {
  readonly __typename?: 'SharedWork';
  /** Number of items both have a role in. */
  readonly items: Scalars['Int']['output'];
  /** The other person's id. */
  readonly person: Scalars['ID']['output'];
  /** Σ over shared items of 1 / people in it: a letter to everyone ties nobody. */
  readonly strength: Scalars['Float']['output'];
};

/** One configured tool and the state of its mirror. */
export type Source = {
  readonly __typename?: 'Source';
  /** The area it belongs to. */
  readonly area: Area;
  /** Whether the tool could be asked what the viewer may read now, where it is asked that. If not, its restricted items are left out, if there are any. */
  readonly confirmed: Scalars['Boolean']['output'];
  /** The kind of connector: `folder`, `ldif`. */
  readonly connector: Scalars['String']['output'];
  /** Items of it the viewer may read. */
  readonly itemCount: Scalars['Int']['output'];
  /** Seconds since `lastSuccessAt`; null before the first. */
  readonly lagSeconds?: Maybe<Scalars['Int']['output']>;
  /** Why the last sync failed; null when it did not. */
  readonly lastError?: Maybe<SourceError>;
  /** When a sync last went through: what is served is at least as new as that. */
  readonly lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the last sync began. */
  readonly lastSyncAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its name in the configuration. */
  readonly name: Scalars['String']['output'];
  /** How many items the last syncs could not use. Operators only, null for others. */
  readonly problemCount?: Maybe<Scalars['Int']['output']>;
  /** The items that could not be used, with place and reason. Operators only, null for others. */
  readonly problems?: Maybe<ProblemConnection>;
  /** How it is doing. */
  readonly state: SourceState;
  /** Accounts that belong to nobody in the directory. Operators only, null for others. */
  readonly unlinkedAccounts?: Maybe<AccountConnection>;
};


/** One configured tool and the state of its mirror. */
export type SourceProblemsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** One configured tool and the state of its mirror. */
export type SourceUnlinkedAccountsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A source's part in an answer. */
export type SourceCoverage = {
  readonly __typename?: 'SourceCoverage';
  /** What is served is at least as new as this. */
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  /** Whether the tool could be asked what the viewer may read now, where it is asked that. */
  readonly confirmed: Scalars['Boolean']['output'];
  /** The source's name. */
  readonly source: Scalars['String']['output'];
  /** How it is doing. */
  readonly state: SourceState;
};

/** Why a sync failed. */
export type SourceError = {
  readonly __typename?: 'SourceError';
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
  /** Stable code: MISCONFIGURED, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, UNAVAILABLE, BAD_RESPONSE. */
  readonly code: Scalars['String']['output'];
  /** What the code means; for operators the connector's own sentence. */
  readonly message: Scalars['String']['output'];
};

/** How a source is doing. */
export type SourceState =
  /** The last sync went through. */
  | 'CURRENT'
  /** The last sync failed; what earlier ones stored is served. */
  | 'FAILING'
  /** Never synced yet. */
  | 'NEW'
  /** A sync is running; what has been stored so far is served. */
  | 'SYNCING';

/** The tools behind Atrium by area. An area is null, with an error, when its subgraph does not answer. */
export type Sources = {
  readonly __typename?: 'Sources';
  /** The document sources. */
  readonly documents?: Maybe<ReadonlyArray<Source>>;
};

/** How often a tag stands on the items found. */
export type TagCount = {
  readonly __typename?: 'TagCount';
  /** The tag. */
  readonly tag: Scalars['String']['output'];
  /** Σ of the items' votes, each in (0, 1]. */
  readonly weight: Scalars['Float']['output'];
};

export type Topic = {
  readonly __typename?: 'Topic';
  /** Documents on the topic the viewer may read, best first. */
  readonly content?: Maybe<DocumentConnection>;
  /** What the documents say, for the ranking of people. */
  readonly documentsPart?: Maybe<TopicPart>;
  /** Holds the question itself. */
  readonly id: Scalars['ID']['output'];
};


export type TopicContentArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DocumentFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** What one area knows on a topic, aggregated for the directory's ranking. Never seen by clients. */
export type TopicPart = {
  readonly __typename?: 'TopicPart';
  /** What each person contributed, most first, at most 200. */
  readonly contributions: ReadonlyArray<Contribution>;
  /** The area's sources and whether they answered. */
  readonly coverage: ReadonlyArray<SourceCoverage>;
  /** Tags of the items found, most frequent first, at most 50. */
  readonly tags: ReadonlyArray<TagCount>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Conversation: Conversation;
  Document: Document;
  Group: Group;
  Person: Person;
  Topic: Topic;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Conversation:
    ( { __typename: 'Conversation' }
    & GraphQLRecursivePick<FederationTypes['Conversation'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Conversation'], {"url":true,"links":true}> ) );
  Document:
    ( { __typename: 'Document' }
    & ( GraphQLRecursivePick<FederationTypes['Document'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Document'], {"ref":true}> ) );
  Group:
    ( { __typename: 'Group' }
    & GraphQLRecursivePick<FederationTypes['Group'], {"id":true}> );
  Person:
    ( { __typename: 'Person' }
    & GraphQLRecursivePick<FederationTypes['Person'], {"id":true}> );
  Topic:
    ( { __typename: 'Topic' }
    & GraphQLRecursivePick<FederationTypes['Topic'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: ( DocumentRow );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Account: ResolverTypeWrapper<AccountRow>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AccountConnection: ResolverTypeWrapper<AccountConnectionNode>;
  AccountEdge: ResolverTypeWrapper<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  Area: Area;
  Contribution: ResolverTypeWrapper<Contribution>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ContributorConnection: ResolverTypeWrapper<ContributorConnectionNode>;
  ContributorEdge: ResolverTypeWrapper<Omit<ContributorEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  Conversation: ResolverTypeWrapper<LinkedReference>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Document: ResolverTypeWrapper<DocumentRow>;
  DocumentConnection: ResolverTypeWrapper<DocumentConnectionNode>;
  DocumentEdge: ResolverTypeWrapper<Omit<DocumentEdge, 'node'> & { node: ResolversTypes['Document'] }>;
  DocumentFilter: DocumentFilter;
  DocumentOrder: DocumentOrder;
  DocumentRole: DocumentRole;
  DocumentStatus: DocumentStatus;
  Excerpt: ResolverTypeWrapper<Excerpt>;
  Group: ResolverTypeWrapper<Reference>;
  Mark: ResolverTypeWrapper<Mark>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Person: ResolverTypeWrapper<Reference>;
  Problem: ResolverTypeWrapper<Problem>;
  ProblemConnection: ResolverTypeWrapper<ProblemConnection>;
  ProblemEdge: ResolverTypeWrapper<ProblemEdge>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Removal: ResolverTypeWrapper<Removal>;
  RemovalConnection: ResolverTypeWrapper<RemovalConnectionNode>;
  RemovalEdge: ResolverTypeWrapper<RemovalEdge>;
  SharedWork: ResolverTypeWrapper<SharedWork>;
  Source: ResolverTypeWrapper<SourceNode>;
  SourceCoverage: ResolverTypeWrapper<SourceCoverage>;
  SourceError: ResolverTypeWrapper<SourceError>;
  SourceState: SourceState;
  Sources: ResolverTypeWrapper<Omit<Sources, 'documents'> & { documents?: Maybe<ReadonlyArray<ResolversTypes['Source']>> }>;
  TagCount: ResolverTypeWrapper<TagCount>;
  Topic: ResolverTypeWrapper<Reference>;
  TopicPart: ResolverTypeWrapper<TopicPart>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Account: AccountRow;
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  AccountConnection: AccountConnectionNode;
  AccountEdge: Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  Contribution: Contribution;
  Float: Scalars['Float']['output'];
  ContributorConnection: ContributorConnectionNode;
  ContributorEdge: Omit<ContributorEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  Conversation: LinkedReference;
  DateTime: Scalars['DateTime']['output'];
  Document: DocumentRow;
  DocumentConnection: DocumentConnectionNode;
  DocumentEdge: Omit<DocumentEdge, 'node'> & { node: ResolversParentTypes['Document'] };
  DocumentFilter: DocumentFilter;
  Excerpt: Excerpt;
  Group: Reference;
  Mark: Mark;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  Person: Reference;
  Problem: Problem;
  ProblemConnection: ProblemConnection;
  ProblemEdge: ProblemEdge;
  Query: Record<PropertyKey, never>;
  Removal: Removal;
  RemovalConnection: RemovalConnectionNode;
  RemovalEdge: RemovalEdge;
  SharedWork: SharedWork;
  Source: SourceNode;
  SourceCoverage: SourceCoverage;
  SourceError: SourceError;
  Sources: Omit<Sources, 'documents'> & { documents?: Maybe<ReadonlyArray<ResolversParentTypes['Source']>> };
  TagCount: TagCount;
  Topic: Reference;
  TopicPart: TopicPart;
};

export type AccountResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  handle?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  person?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  reputation?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AccountConnectionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccountEdgeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
};

export type ContributionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Contribution'] = ResolversParentTypes['Contribution']> = {
  evidence?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  hits?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  mass?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ContributorConnectionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['ContributorConnection'] = ResolversParentTypes['ContributorConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ContributorEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ContributorEdgeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['ContributorEdge'] = ResolversParentTypes['ContributorEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['DocumentRole'], ParentType, ContextType>;
};

export type ConversationResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Conversation'] = ResolversParentTypes['Conversation'], FederationReferenceType extends FederationReferenceTypes['Conversation'] = FederationReferenceTypes['Conversation']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Conversation']> | FederationReferenceType, FederationReferenceType, ContextType>;
  documents?: Resolver<Maybe<ResolversTypes['DocumentConnection']>, ParentType, ContextType, RequireFields<ConversationDocumentsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DocumentResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Document'] = ResolversParentTypes['Document'], FederationReferenceType extends FederationReferenceTypes['Document'] = FederationReferenceTypes['Document']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Document']> | FederationReferenceType, FederationReferenceType, ContextType>;
  author?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  contentType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  contributors?: Resolver<ResolversTypes['ContributorConnection'], ParentType, ContextType, RequireFields<DocumentContributorsArgs, 'first'>>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  linkedDocuments?: Resolver<ResolversTypes['DocumentConnection'], ParentType, ContextType, RequireFields<DocumentLinkedDocumentsArgs, 'first'>>;
  links?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  space?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['DocumentStatus'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DocumentConnectionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['DocumentConnection'] = ResolversParentTypes['DocumentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DocumentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DocumentEdgeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['DocumentEdge'] = ResolversParentTypes['DocumentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  excerpt?: Resolver<Maybe<ResolversTypes['Excerpt']>, ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Document'], ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type ExcerptResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Excerpt'] = ResolversParentTypes['Excerpt']> = {
  marks?: Resolver<ReadonlyArray<ResolversTypes['Mark']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type GroupResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Group'] = ResolversParentTypes['Group'], FederationReferenceType extends FederationReferenceTypes['Group'] = FederationReferenceTypes['Group']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Group']> | FederationReferenceType, FederationReferenceType, ContextType>;
  documents?: Resolver<Maybe<ResolversTypes['DocumentConnection']>, ParentType, ContextType, RequireFields<GroupDocumentsArgs, 'first' | 'orderBy'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type MarkResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Mark'] = ResolversParentTypes['Mark']> = {
  end?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  start?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType?: TypeResolveFn<'Document', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PersonResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Person'] = ResolversParentTypes['Person'], FederationReferenceType extends FederationReferenceTypes['Person'] = FederationReferenceTypes['Person']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Person']> | FederationReferenceType, FederationReferenceType, ContextType>;
  documentAccounts?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Account']>>, ParentType, ContextType>;
  documentShares?: Resolver<Maybe<ReadonlyArray<ResolversTypes['SharedWork']>>, ParentType, ContextType>;
  documents?: Resolver<Maybe<ResolversTypes['DocumentConnection']>, ParentType, ContextType, RequireFields<PersonDocumentsArgs, 'first' | 'orderBy'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ProblemResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Problem'] = ResolversParentTypes['Problem']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  place?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProblemConnectionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['ProblemConnection'] = ResolversParentTypes['ProblemConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ProblemEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProblemEdgeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['ProblemEdge'] = ResolversParentTypes['ProblemEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Problem'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  document?: Resolver<Maybe<ResolversTypes['Document']>, ParentType, ContextType, RequireFields<QueryDocumentArgs, 'id'>>;
  documents?: Resolver<Maybe<ResolversTypes['DocumentConnection']>, ParentType, ContextType, RequireFields<QueryDocumentsArgs, 'first' | 'orderBy'>>;
  removedDocuments?: Resolver<Maybe<ResolversTypes['RemovalConnection']>, ParentType, ContextType, RequireFields<QueryRemovedDocumentsArgs, 'first'>>;
  sources?: Resolver<ResolversTypes['Sources'], ParentType, ContextType>;
};

export type RemovalResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Removal'] = ResolversParentTypes['Removal']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  removedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RemovalConnectionResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['RemovalConnection'] = ResolversParentTypes['RemovalConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RemovalEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RemovalEdgeResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['RemovalEdge'] = ResolversParentTypes['RemovalEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Removal'], ParentType, ContextType>;
};

export type SharedWorkResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['SharedWork'] = ResolversParentTypes['SharedWork']> = {
  items?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  strength?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SourceResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
  area?: Resolver<ResolversTypes['Area'], ParentType, ContextType>;
  confirmed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  connector?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  itemCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lagSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  lastError?: Resolver<Maybe<ResolversTypes['SourceError']>, ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastSyncAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  problemCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  problems?: Resolver<Maybe<ResolversTypes['ProblemConnection']>, ParentType, ContextType, RequireFields<SourceProblemsArgs, 'first'>>;
  state?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
  unlinkedAccounts?: Resolver<Maybe<ResolversTypes['AccountConnection']>, ParentType, ContextType, RequireFields<SourceUnlinkedAccountsArgs, 'first'>>;
};

export type SourceCoverageResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['SourceCoverage'] = ResolversParentTypes['SourceCoverage']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  confirmed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
};

export type SourceErrorResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['SourceError'] = ResolversParentTypes['SourceError']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourcesResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Sources'] = ResolversParentTypes['Sources']> = {
  documents?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Source']>>, ParentType, ContextType>;
};

export type TagCountResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['TagCount'] = ResolversParentTypes['TagCount']> = {
  tag?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TopicResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['Topic'] = ResolversParentTypes['Topic'], FederationReferenceType extends FederationReferenceTypes['Topic'] = FederationReferenceTypes['Topic']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Topic']> | FederationReferenceType, FederationReferenceType, ContextType>;
  content?: Resolver<Maybe<ResolversTypes['DocumentConnection']>, ParentType, ContextType, RequireFields<TopicContentArgs, 'first'>>;
  documentsPart?: Resolver<Maybe<ResolversTypes['TopicPart']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type TopicPartResolvers<ContextType = DocumentsContext, ParentType extends ResolversParentTypes['TopicPart'] = ResolversParentTypes['TopicPart']> = {
  contributions?: Resolver<ReadonlyArray<ResolversTypes['Contribution']>, ParentType, ContextType>;
  coverage?: Resolver<ReadonlyArray<ResolversTypes['SourceCoverage']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['TagCount']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = DocumentsContext> = {
  Account?: AccountResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  Contribution?: ContributionResolvers<ContextType>;
  ContributorConnection?: ContributorConnectionResolvers<ContextType>;
  ContributorEdge?: ContributorEdgeResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Document?: DocumentResolvers<ContextType>;
  DocumentConnection?: DocumentConnectionResolvers<ContextType>;
  DocumentEdge?: DocumentEdgeResolvers<ContextType>;
  Excerpt?: ExcerptResolvers<ContextType>;
  Group?: GroupResolvers<ContextType>;
  Mark?: MarkResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Person?: PersonResolvers<ContextType>;
  Problem?: ProblemResolvers<ContextType>;
  ProblemConnection?: ProblemConnectionResolvers<ContextType>;
  ProblemEdge?: ProblemEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Removal?: RemovalResolvers<ContextType>;
  RemovalConnection?: RemovalConnectionResolvers<ContextType>;
  RemovalEdge?: RemovalEdgeResolvers<ContextType>;
  SharedWork?: SharedWorkResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  SourceCoverage?: SourceCoverageResolvers<ContextType>;
  SourceError?: SourceErrorResolvers<ContextType>;
  Sources?: SourcesResolvers<ContextType>;
  TagCount?: TagCountResolvers<ContextType>;
  Topic?: TopicResolvers<ContextType>;
  TopicPart?: TopicPartResolvers<ContextType>;
};

