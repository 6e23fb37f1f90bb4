// Generated from the schema by `npm run codegen`: do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { PersonRow, GroupRow } from './store.ts';
import type { TopicNode } from './topic.ts';
import type { PersonConnectionNode, CollaboratorConnectionNode, GroupConnectionNode, ExpertConnectionNode, ForeignNode, AnyNode, ViewerNode, ForeignAccount } from './types.ts';
import type { SourceNode } from '../kit/sources.ts';
import type { RemovalConnectionNode } from '../kit/removals.ts';
import type { DirectoryContext } from './context.ts';
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

/** A page of people somebody works with, closest first. */
export type CollaboratorConnection = {
  readonly __typename?: 'CollaboratorConnection';
  /** The people of this page. */
  readonly edges: ReadonlyArray<CollaboratorEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** Somebody a person works with. */
export type CollaboratorEdge = {
  readonly __typename?: 'CollaboratorEdge';
  /** Their place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The person. */
  readonly node: Person;
  /** Conversations both have a part in. */
  readonly sharedConversations: Scalars['Int']['output'];
  /** Documents both have a part in. */
  readonly sharedDocuments: Scalars['Int']['output'];
  /** How close: shared items, each divided by the number of people in it. */
  readonly strength: Scalars['Float']['output'];
};

/** How sure a recommendation is. */
export type Confidence =
  /** At least two areas and three items speak for it, and some of them match well. */
  | 'HIGH'
  /** One item speaks for it, or only items that match a little, or an area did not answer. */
  | 'LOW'
  /** More than one item speaks for it. */
  | 'MEDIUM';

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

/** A conversation (SIOC Thread): its opening text and the replies. */
export type Conversation = Node & {
  readonly __typename?: 'Conversation';
  /** Looked up where it lives. */
  readonly id: Scalars['ID']['output'];
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
};

/** A source's part in an answer. */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** The area. */
  readonly area: Area;
  /** The answer has what the tool had at this moment. */
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  /** The source; null when its whole area did not answer. */
  readonly source?: Maybe<Scalars['String']['output']>;
  /** What can be said of it. */
  readonly status: CoverageStatus;
};

/** How much of a source is in an answer. */
export type CoverageStatus =
  /** All of it, as of the last sync. */
  | 'COMPLETE'
  /** Nothing: the viewer may not use it. */
  | 'FORBIDDEN'
  /** The first sync is still running; or the tool could not be asked what the viewer may read now, so that its restricted items are left out, if there are any. */
  | 'PARTIAL'
  /** All that earlier syncs stored; the last one failed. */
  | 'STALE'
  /** Nothing: the area did not answer, or was never synced. */
  | 'UNAVAILABLE';

/** A document: a wiki page, a file (SIOC Item). */
export type Document = Node & {
  readonly __typename?: 'Document';
  /** Looked up where it lives. */
  readonly id: Scalars['ID']['output'];
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
};

/** The words around the best place of a match. */
export type Excerpt = {
  readonly __typename?: 'Excerpt';
  /** What matched, as places in `text`. */
  readonly marks: ReadonlyArray<Mark>;
  /** Plain text, at most 300 characters; escape it before putting it into a page. */
  readonly text: Scalars['String']['output'];
};

/** A page of people who can help. */
export type ExpertConnection = {
  readonly __typename?: 'ExpertConnection';
  /** The people of this page, best first. */
  readonly edges: ReadonlyArray<ExpertEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** Somebody who can help, and why. */
export type ExpertEdge = {
  readonly __typename?: 'ExpertEdge';
  /** How sure this is. */
  readonly confidence: Confidence;
  /** Their place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The person. */
  readonly node: Person;
  /** Where the score comes from, largest share first. */
  readonly reasons: ReadonlyArray<Reason>;
  /** The score, larger is better; comparable within one answer only. */
  readonly score: Scalars['Float']['output'];
};

/** A group of the directory: a department, a team, a community of practice. */
export type Group = Node & {
  readonly __typename?: 'Group';
  /** Who looks after it. */
  readonly champion?: Maybe<Person>;
  /** What the group is for. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Stable across renames. */
  readonly id: Scalars['ID']['output'];
  /** The people in it, also by way of groups inside it. */
  readonly members: PersonConnection;
  /** The name. */
  readonly name: Scalars['String']['output'];
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
  /** The source the entry comes from. */
  readonly source: Scalars['String']['output'];
  /** When the entry changed in the directory, where it tells. */
  readonly updatedAt?: Maybe<Scalars['DateTime']['output']>;
};


/** A group of the directory: a department, a team, a community of practice. */
export type GroupMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of groups. */
export type GroupConnection = {
  readonly __typename?: 'GroupConnection';
  /** The groups of this page. */
  readonly edges: ReadonlyArray<GroupEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A group in a list. */
export type GroupEdge = {
  readonly __typename?: 'GroupEdge';
  /** Its place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The group. */
  readonly node: Group;
};

/** Which groups. All conditions given must hold. */
export type GroupFilter = {
  /** The source's name in the configuration. */
  readonly source?: InputMaybe<Scalars['String']['input']>;
  /** Words of the name or description; beginnings of words do. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
  /** Changed in the directory at or after this moment. */
  readonly updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
};

/** An order of groups. All are total. */
export type GroupOrder =
  /** In the order in which Atrium learned of the change. */
  | 'CHANGED'
  /** By name. */
  | 'NAME';

/** What somebody is found by who signed in. */
export type HandleKind =
  /** An account of the sign-in, by an alias `signin:<handle>`. */
  | 'ACCOUNT'
  /** What identifies the entry in its directory. */
  | 'KEY'
  /** A mail address. */
  | 'MAIL'
  /** A user name. */
  | 'USERNAME';

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

/** Which people. All conditions given must hold. */
export type PeopleFilter = {
  /** This department, whatever the case. */
  readonly department?: InputMaybe<Scalars['String']['input']>;
  /** Members of this group, also by way of groups inside it. */
  readonly group?: InputMaybe<Scalars['ID']['input']>;
  /** This location, whatever the case. */
  readonly location?: InputMaybe<Scalars['String']['input']>;
  /** This skill, whatever the case. */
  readonly skill?: InputMaybe<Scalars['String']['input']>;
  /** The source's name in the configuration. */
  readonly source?: InputMaybe<Scalars['String']['input']>;
  /** Only people who are here, or only people who left. */
  readonly status?: InputMaybe<PersonStatus>;
  /** Words of the name, title, department, skills or profile; beginnings of words do. With the scope `people:contact` also an address, or its beginning with the `@`. */
  readonly text?: InputMaybe<Scalars['String']['input']>;
  /** Changed in the directory at or after this moment. */
  readonly updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A person of the directory. */
export type Person = Node & {
  readonly __typename?: 'Person';
  /** The person's accounts in all tools; null when an area does not answer. */
  readonly accounts?: Maybe<ReadonlyArray<Account>>;
  /** Who the person works with, by shared documents and conversations the viewer may read. */
  readonly collaborators?: Maybe<CollaboratorConnection>;
  /** The department. */
  readonly department?: Maybe<Scalars['String']['output']>;
  /** The profile in the person's own words. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** Accounts in the document tools. */
  readonly documentAccounts?: Maybe<ReadonlyArray<Account>>;
  /** Who the person shares documents with. */
  readonly documentShares?: Maybe<ReadonlyArray<SharedWork>>;
  /** The family name. */
  readonly familyName?: Maybe<Scalars['String']['output']>;
  /** Accounts in the conversation tools. */
  readonly forumAccounts?: Maybe<ReadonlyArray<Account>>;
  /** Who the person shares conversations with. */
  readonly forumShares?: Maybe<ReadonlyArray<SharedWork>>;
  /** The given name. */
  readonly givenName?: Maybe<Scalars['String']['output']>;
  /** The groups the person is a direct member of. */
  readonly groups: GroupConnection;
  /** Stable across renames. */
  readonly id: Scalars['ID']['output'];
  /** What the person is interested in, by the directory. */
  readonly interests: ReadonlyArray<Scalars['String']['output']>;
  /** Where the person works. */
  readonly location?: Maybe<Scalars['String']['output']>;
  /** The main mail address. */
  readonly mail?: Maybe<Scalars['String']['output']>;
  /** Whom the person reports to. */
  readonly manager?: Maybe<Person>;
  /** The display name; an address in it is cut short without the scope `people:contact`. */
  readonly name: Scalars['String']['output'];
  /** The telephone number. */
  readonly phone?: Maybe<Scalars['String']['output']>;
  /** Where a photo of the person is, if the directory tells: an http or https address to fetch, for instance as an image's source. */
  readonly photoUrl?: Maybe<Scalars['String']['output']>;
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
  /** Who reports to the person. */
  readonly reports: PersonConnection;
  /** What the person knows, by the directory. */
  readonly skills: ReadonlyArray<Scalars['String']['output']>;
  /** The source the entry comes from; where several know the person, the first of them in the configuration. */
  readonly source: Scalars['String']['output'];
  /** Whether the person can still be asked. */
  readonly status: PersonStatus;
  /** The job title. */
  readonly title?: Maybe<Scalars['String']['output']>;
  /** When the entry changed in the directory, where it tells. */
  readonly updatedAt?: Maybe<Scalars['DateTime']['output']>;
};


/** A person of the directory. */
export type PersonCollaboratorsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A person of the directory. */
export type PersonGroupsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A person of the directory. */
export type PersonReportsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of people. */
export type PersonConnection = {
  readonly __typename?: 'PersonConnection';
  /** The people of this page. */
  readonly edges: ReadonlyArray<PersonEdge>;
  /** Where the page stands. */
  readonly pageInfo: PageInfo;
  /** How many there are in all. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A person in a list. */
export type PersonEdge = {
  readonly __typename?: 'PersonEdge';
  /** Their place in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The person. */
  readonly node: Person;
};

/** An order of people. All are total: pages neither repeat nor miss anyone. */
export type PersonOrder =
  /** In the order in which Atrium learned of the change: keep the last `endCursor`, and later go on from there to get what changed since. */
  | 'CHANGED'
  /** By name. */
  | 'NAME'
  /** Latest change in the directory first. */
  | 'UPDATED_DESC';

/** Whether somebody can still be asked. */
export type PersonStatus =
  /** Is here. */
  | 'ACTIVE'
  /** Left, or the account is disabled: still shown as author, no longer recommended. */
  | 'LEFT';

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

/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type Query = {
  readonly __typename?: 'Query';
  /** A group by id or name. */
  readonly group?: Maybe<Group>;
  /** Groups of the directory. */
  readonly groups?: Maybe<GroupConnection>;
  /** Anything by its id; null if there is no such thing or the viewer may not read it. */
  readonly node?: Maybe<Node>;
  /** Many things by their ids, in that order, null for what is not there; at most 100. */
  readonly nodes?: Maybe<ReadonlyArray<Maybe<Node>>>;
  /** People of the directory. */
  readonly people?: Maybe<PersonConnection>;
  /** A person by id, mail address or user name. */
  readonly person?: Maybe<Person>;
  /** People and groups that are gone, and people who turned out to be others, for reports: keep the last `endCursor`, and go on from it next time. */
  readonly removedPeople?: Maybe<RemovalConnection>;
  /** The tools behind Atrium and how their mirrors are doing. */
  readonly sources: Sources;
  /** What is known on a topic: people who can help, content, and conversations. Any words do; there is no query syntax. */
  readonly topic?: Maybe<Topic>;
  /** Who is asking, as Atrium understood it. */
  readonly viewer?: Maybe<Viewer>;
  /** The viewer a person would be: for the gateway, once it has established who is asking. Null for nobody known. */
  readonly viewerOf?: Maybe<Viewer>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryGroupArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryGroupsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<GroupFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<GroupOrder>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryNodesArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryPeopleArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PeopleFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PersonOrder>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryPersonArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryRemovedPeopleArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryTopicArgs = {
  group?: InputMaybe<Scalars['ID']['input']>;
  query: Scalars['String']['input'];
  since?: InputMaybe<Scalars['DateTime']['input']>;
};


/**
 * Where every question starts. What a subgraph answers may be null: when it is down, the other answers of the same
 * operation stand.
 */
export type QueryViewerOfArgs = {
  by?: InputMaybe<HandleKind>;
  person: Scalars['ID']['input'];
};

/** What one area says for a person. */
export type Reason = {
  readonly __typename?: 'Reason';
  /** The area. */
  readonly area: Area;
  /** The items with most weight, at most 3: documents, conversations, or the person's own profile. */
  readonly evidence: ReadonlyArray<Maybe<Node>>;
  /** Number of items found in which the person has a part. */
  readonly hits: Scalars['Int']['output'];
  /** Date of the latest of them. */
  readonly lastAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its share of the score, 0 to 1. */
  readonly share: Scalars['Float']['output'];
};

/** A topic that goes with another. */
export type RelatedTopic = {
  readonly __typename?: 'RelatedTopic';
  /** Its name: ask `topic(query:)` with it. */
  readonly name: Scalars['String']['output'];
  /** Where the relation comes from. */
  readonly origin: RelationOrigin;
};

/** Where the relation of two topics comes from. */
export type RelationOrigin =
  /** Items found for the topic carry it as a tag. */
  | 'TAG'
  /** The thesaurus says so. */
  | 'THESAURUS';

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

/** A reply in a conversation (SIOC Post). */
export type Reply = Node & {
  readonly __typename?: 'Reply';
  /** Looked up where it lives. */
  readonly id: Scalars['ID']['output'];
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
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
  /** The directory's sources. */
  readonly directory?: Maybe<ReadonlyArray<Source>>;
};

/** How often a tag stands on the items found. */
export type TagCount = {
  readonly __typename?: 'TagCount';
  /** The tag. */
  readonly tag: Scalars['String']['output'];
  /** Σ of the items' votes, each in (0, 1]. */
  readonly weight: Scalars['Float']['output'];
};

/**
 * A topic somebody asks about, and all that is known on it as far as the viewer may read it.
 *
 * `people`, `related` and `coverage` require the same parts of the other areas, so that one fetch serves all three.
 */
export type Topic = Node & {
  readonly __typename?: 'Topic';
  /** Which sources this answer rests on, and how fresh they are. */
  readonly coverage?: Maybe<ReadonlyArray<Coverage>>;
  /** What the documents say. */
  readonly documentsPart?: Maybe<TopicPart>;
  /** What the conversations say. */
  readonly forumPart?: Maybe<TopicPart>;
  /** Holds the question itself. */
  readonly id: Scalars['ID']['output'];
  /** The preferred name of the topic, if the thesaurus knows it (SKOS prefLabel). */
  readonly label?: Maybe<Scalars['String']['output']>;
  /** People who can help, best first: those who wrote what was found, answered, and say so in their profile. People who left are not among them. */
  readonly people?: Maybe<ExpertConnection>;
  /** The question, blanks and control characters tidied. */
  readonly query: Scalars['String']['output'];
  /** The id as asked for, before it was looked up. */
  readonly ref: Scalars['ID']['output'];
  /** Topics that go with this one: by the thesaurus, and by the tags of what was found. */
  readonly related?: Maybe<ReadonlyArray<RelatedTopic>>;
  /** Other names that were searched for as well (SKOS altLabel). */
  readonly synonyms: ReadonlyArray<Scalars['String']['output']>;
};


/**
 * A topic somebody asks about, and all that is known on it as far as the viewer may read it.
 *
 * `people`, `related` and `coverage` require the same parts of the other areas, so that one fetch serves all three.
 */
export type TopicPeopleArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * A topic somebody asks about, and all that is known on it as far as the viewer may read it.
 *
 * `people`, `related` and `coverage` require the same parts of the other areas, so that one fetch serves all three.
 */
export type TopicRelatedArgs = {
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

/** Who is asking. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** Names of the groups the person belongs to, also by way of groups inside groups. */
  readonly groups: ReadonlyArray<Scalars['String']['output']>;
  /** Whether the state of the tools is shown in full. */
  readonly isOperator: Scalars['Boolean']['output'];
  /** The person; null for somebody not known to the directory, who sees what everyone may. */
  readonly person?: Maybe<Person>;
  /** What the viewer may have beyond reading: `people:contact`, `reports:read`. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
  /** The name of the service that asks by a token of its own; null for people. */
  readonly service?: Maybe<Scalars['String']['output']>;
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
  Group: Group;
  Person: Person;
  Topic: Topic;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Group:
    ( { __typename: 'Group' }
    & ( GraphQLRecursivePick<FederationTypes['Group'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Group'], {"ref":true}> ) );
  Person:
    ( { __typename: 'Person' }
    & ( GraphQLRecursivePick<FederationTypes['Person'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Person'], {"ref":true}> )
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Person'], {"documentAccounts":{"id":true,"source":true,"handle":true,"name":true,"reputation":true,"lastSeenAt":true},"forumAccounts":{"id":true,"source":true,"handle":true,"name":true,"reputation":true,"lastSeenAt":true}}>
        | GraphQLRecursivePick<FederationTypes['Person'], {"documentAccounts":{"id":true,"source":true,"handle":true,"name":true,"reputation":true,"lastSeenAt":true},"forumAccounts":{"id":true,"source":true,"handle":true,"name":true,"reputation":true,"lastSeenAt":true},"documentShares":{"person":true,"strength":true,"items":true},"forumShares":{"person":true,"strength":true,"items":true}}>
        | GraphQLRecursivePick<FederationTypes['Person'], {"documentShares":{"person":true,"strength":true,"items":true},"forumShares":{"person":true,"strength":true,"items":true}}> ) );
  Topic:
    ( { __typename: 'Topic' }
    & ( GraphQLRecursivePick<FederationTypes['Topic'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"ref":true}> )
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}>
        | GraphQLRecursivePick<FederationTypes['Topic'], {"documentsPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}},"forumPart":{"contributions":{"person":true,"mass":true,"hits":true,"total":true,"lastAt":true,"evidence":true},"tags":{"tag":true,"weight":true},"coverage":{"source":true,"state":true,"asOf":true,"confirmed":true}}}> ) );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Account: ResolverTypeWrapper<ForeignAccount>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AccountConnection: ResolverTypeWrapper<Omit<AccountConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['AccountEdge']> }>;
  AccountEdge: ResolverTypeWrapper<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  Area: Area;
  CollaboratorConnection: ResolverTypeWrapper<CollaboratorConnectionNode>;
  CollaboratorEdge: ResolverTypeWrapper<Omit<CollaboratorEdge, 'node'> & { node: ResolversTypes['Person'] }>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Confidence: Confidence;
  Contribution: ResolverTypeWrapper<Contribution>;
  Conversation: ResolverTypeWrapper<ForeignNode>;
  Coverage: ResolverTypeWrapper<Coverage>;
  CoverageStatus: CoverageStatus;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Document: ResolverTypeWrapper<ForeignNode>;
  Excerpt: ResolverTypeWrapper<Excerpt>;
  ExpertConnection: ResolverTypeWrapper<ExpertConnectionNode>;
  ExpertEdge: ResolverTypeWrapper<Omit<ExpertEdge, 'node' | 'reasons'> & { node: ResolversTypes['Person'], reasons: ReadonlyArray<ResolversTypes['Reason']> }>;
  Group: ResolverTypeWrapper<GroupRow>;
  GroupConnection: ResolverTypeWrapper<GroupConnectionNode>;
  GroupEdge: ResolverTypeWrapper<Omit<GroupEdge, 'node'> & { node: ResolversTypes['Group'] }>;
  GroupFilter: GroupFilter;
  GroupOrder: GroupOrder;
  HandleKind: HandleKind;
  Mark: ResolverTypeWrapper<Mark>;
  Node: ResolverTypeWrapper<AnyNode>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PeopleFilter: PeopleFilter;
  Person: ResolverTypeWrapper<PersonRow>;
  PersonConnection: ResolverTypeWrapper<PersonConnectionNode>;
  PersonEdge: ResolverTypeWrapper<Omit<PersonEdge, 'node'> & { node: ResolversTypes['Person'] }>;
  PersonOrder: PersonOrder;
  PersonStatus: PersonStatus;
  Problem: ResolverTypeWrapper<Problem>;
  ProblemConnection: ResolverTypeWrapper<ProblemConnection>;
  ProblemEdge: ResolverTypeWrapper<ProblemEdge>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Reason: ResolverTypeWrapper<Omit<Reason, 'evidence'> & { evidence: ReadonlyArray<Maybe<ResolversTypes['Node']>> }>;
  RelatedTopic: ResolverTypeWrapper<RelatedTopic>;
  RelationOrigin: RelationOrigin;
  Removal: ResolverTypeWrapper<Removal>;
  RemovalConnection: ResolverTypeWrapper<RemovalConnectionNode>;
  RemovalEdge: ResolverTypeWrapper<RemovalEdge>;
  Reply: ResolverTypeWrapper<ForeignNode>;
  SharedWork: ResolverTypeWrapper<SharedWork>;
  Source: ResolverTypeWrapper<SourceNode>;
  SourceCoverage: ResolverTypeWrapper<SourceCoverage>;
  SourceError: ResolverTypeWrapper<SourceError>;
  SourceState: SourceState;
  Sources: ResolverTypeWrapper<Omit<Sources, 'directory'> & { directory?: Maybe<ReadonlyArray<ResolversTypes['Source']>> }>;
  TagCount: ResolverTypeWrapper<TagCount>;
  Topic: ResolverTypeWrapper<TopicNode>;
  TopicPart: ResolverTypeWrapper<TopicPart>;
  Viewer: ResolverTypeWrapper<ViewerNode>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Account: ForeignAccount;
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  AccountConnection: Omit<AccountConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['AccountEdge']> };
  AccountEdge: Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  CollaboratorConnection: CollaboratorConnectionNode;
  CollaboratorEdge: Omit<CollaboratorEdge, 'node'> & { node: ResolversParentTypes['Person'] };
  Float: Scalars['Float']['output'];
  Contribution: Contribution;
  Conversation: ForeignNode;
  Coverage: Coverage;
  DateTime: Scalars['DateTime']['output'];
  Document: ForeignNode;
  Excerpt: Excerpt;
  ExpertConnection: ExpertConnectionNode;
  ExpertEdge: Omit<ExpertEdge, 'node' | 'reasons'> & { node: ResolversParentTypes['Person'], reasons: ReadonlyArray<ResolversParentTypes['Reason']> };
  Group: GroupRow;
  GroupConnection: GroupConnectionNode;
  GroupEdge: Omit<GroupEdge, 'node'> & { node: ResolversParentTypes['Group'] };
  GroupFilter: GroupFilter;
  Mark: Mark;
  Node: AnyNode;
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  PeopleFilter: PeopleFilter;
  Person: PersonRow;
  PersonConnection: PersonConnectionNode;
  PersonEdge: Omit<PersonEdge, 'node'> & { node: ResolversParentTypes['Person'] };
  Problem: Problem;
  ProblemConnection: ProblemConnection;
  ProblemEdge: ProblemEdge;
  Query: Record<PropertyKey, never>;
  Reason: Omit<Reason, 'evidence'> & { evidence: ReadonlyArray<Maybe<ResolversParentTypes['Node']>> };
  RelatedTopic: RelatedTopic;
  Removal: Removal;
  RemovalConnection: RemovalConnectionNode;
  RemovalEdge: RemovalEdge;
  Reply: ForeignNode;
  SharedWork: SharedWork;
  Source: SourceNode;
  SourceCoverage: SourceCoverage;
  SourceError: SourceError;
  Sources: Omit<Sources, 'directory'> & { directory?: Maybe<ReadonlyArray<ResolversParentTypes['Source']>> };
  TagCount: TagCount;
  Topic: TopicNode;
  TopicPart: TopicPart;
  Viewer: ViewerNode;
};

export type AccountResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  handle?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  person?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  reputation?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AccountConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccountEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
};

export type CollaboratorConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['CollaboratorConnection'] = ResolversParentTypes['CollaboratorConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['CollaboratorEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CollaboratorEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['CollaboratorEdge'] = ResolversParentTypes['CollaboratorEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  sharedConversations?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sharedDocuments?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  strength?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type ContributionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Contribution'] = ResolversParentTypes['Contribution']> = {
  evidence?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  hits?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  mass?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ConversationResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Conversation'] = ResolversParentTypes['Conversation']> = {
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CoverageResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Coverage'] = ResolversParentTypes['Coverage']> = {
  area?: Resolver<ResolversTypes['Area'], ParentType, ContextType>;
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['CoverageStatus'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DocumentResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Document'] = ResolversParentTypes['Document']> = {
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ExcerptResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Excerpt'] = ResolversParentTypes['Excerpt']> = {
  marks?: Resolver<ReadonlyArray<ResolversTypes['Mark']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ExpertConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['ExpertConnection'] = ResolversParentTypes['ExpertConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ExpertEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ExpertEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['ExpertEdge'] = ResolversParentTypes['ExpertEdge']> = {
  confidence?: Resolver<ResolversTypes['Confidence'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
  reasons?: Resolver<ReadonlyArray<ResolversTypes['Reason']>, ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type GroupResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Group'] = ResolversParentTypes['Group'], FederationReferenceType extends FederationReferenceTypes['Group'] = FederationReferenceTypes['Group']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Group']> | FederationReferenceType, FederationReferenceType, ContextType>;
  champion?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  members?: Resolver<ResolversTypes['PersonConnection'], ParentType, ContextType, RequireFields<GroupMembersArgs, 'first'>>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GroupConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['GroupConnection'] = ResolversParentTypes['GroupConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['GroupEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type GroupEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['GroupEdge'] = ResolversParentTypes['GroupEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Group'], ParentType, ContextType>;
};

export type MarkResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Mark'] = ResolversParentTypes['Mark']> = {
  end?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  start?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type NodeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType?: TypeResolveFn<'Conversation' | 'Document' | 'Group' | 'Person' | 'Reply' | 'Topic', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PersonResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Person'] = ResolversParentTypes['Person'], FederationReferenceType extends FederationReferenceTypes['Person'] = FederationReferenceTypes['Person']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Person']> | FederationReferenceType, FederationReferenceType, ContextType>;
  accounts?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Account']>>, ParentType, ContextType>;
  collaborators?: Resolver<Maybe<ResolversTypes['CollaboratorConnection']>, ParentType, ContextType, RequireFields<PersonCollaboratorsArgs, 'first'>>;
  department?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  familyName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  givenName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  groups?: Resolver<ResolversTypes['GroupConnection'], ParentType, ContextType, RequireFields<PersonGroupsArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  interests?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  location?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  mail?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  manager?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  photoUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reports?: Resolver<ResolversTypes['PersonConnection'], ParentType, ContextType, RequireFields<PersonReportsArgs, 'first'>>;
  skills?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PersonStatus'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PersonConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['PersonConnection'] = ResolversParentTypes['PersonConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PersonEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PersonEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['PersonEdge'] = ResolversParentTypes['PersonEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Person'], ParentType, ContextType>;
};

export type ProblemResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Problem'] = ResolversParentTypes['Problem']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  place?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProblemConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['ProblemConnection'] = ResolversParentTypes['ProblemConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ProblemEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProblemEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['ProblemEdge'] = ResolversParentTypes['ProblemEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Problem'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  group?: Resolver<Maybe<ResolversTypes['Group']>, ParentType, ContextType, RequireFields<QueryGroupArgs, 'id'>>;
  groups?: Resolver<Maybe<ResolversTypes['GroupConnection']>, ParentType, ContextType, RequireFields<QueryGroupsArgs, 'first' | 'orderBy'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  people?: Resolver<Maybe<ResolversTypes['PersonConnection']>, ParentType, ContextType, RequireFields<QueryPeopleArgs, 'first' | 'orderBy'>>;
  person?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType, RequireFields<QueryPersonArgs, 'id'>>;
  removedPeople?: Resolver<Maybe<ResolversTypes['RemovalConnection']>, ParentType, ContextType, RequireFields<QueryRemovedPeopleArgs, 'first'>>;
  sources?: Resolver<ResolversTypes['Sources'], ParentType, ContextType>;
  topic?: Resolver<Maybe<ResolversTypes['Topic']>, ParentType, ContextType, RequireFields<QueryTopicArgs, 'query'>>;
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
  viewerOf?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType, RequireFields<QueryViewerOfArgs, 'person'>>;
};

export type ReasonResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Reason'] = ResolversParentTypes['Reason']> = {
  area?: Resolver<ResolversTypes['Area'], ParentType, ContextType>;
  evidence?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Node']>>, ParentType, ContextType>;
  hits?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  share?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type RelatedTopicResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['RelatedTopic'] = ResolversParentTypes['RelatedTopic']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['RelationOrigin'], ParentType, ContextType>;
};

export type RemovalResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Removal'] = ResolversParentTypes['Removal']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  removedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type RemovalConnectionResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['RemovalConnection'] = ResolversParentTypes['RemovalConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['RemovalEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RemovalEdgeResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['RemovalEdge'] = ResolversParentTypes['RemovalEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Removal'], ParentType, ContextType>;
};

export type ReplyResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Reply'] = ResolversParentTypes['Reply']> = {
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SharedWorkResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['SharedWork'] = ResolversParentTypes['SharedWork']> = {
  items?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  person?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  strength?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type SourceResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Source'] = ResolversParentTypes['Source']> = {
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

export type SourceCoverageResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['SourceCoverage'] = ResolversParentTypes['SourceCoverage']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  confirmed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
};

export type SourceErrorResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['SourceError'] = ResolversParentTypes['SourceError']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourcesResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Sources'] = ResolversParentTypes['Sources']> = {
  directory?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Source']>>, ParentType, ContextType>;
};

export type TagCountResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['TagCount'] = ResolversParentTypes['TagCount']> = {
  tag?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type TopicResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Topic'] = ResolversParentTypes['Topic'], FederationReferenceType extends FederationReferenceTypes['Topic'] = FederationReferenceTypes['Topic']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Topic']> | FederationReferenceType, FederationReferenceType, ContextType>;
  coverage?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Coverage']>>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  people?: Resolver<Maybe<ResolversTypes['ExpertConnection']>, ParentType, ContextType, RequireFields<TopicPeopleArgs, 'first'>>;
  query?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  ref?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  related?: Resolver<Maybe<ReadonlyArray<ResolversTypes['RelatedTopic']>>, ParentType, ContextType, RequireFields<TopicRelatedArgs, 'first'>>;
  synonyms?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TopicPartResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['TopicPart'] = ResolversParentTypes['TopicPart']> = {
  contributions?: Resolver<ReadonlyArray<ResolversTypes['Contribution']>, ParentType, ContextType>;
  coverage?: Resolver<ReadonlyArray<ResolversTypes['SourceCoverage']>, ParentType, ContextType>;
  tags?: Resolver<ReadonlyArray<ResolversTypes['TagCount']>, ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = DirectoryContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  groups?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  isOperator?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  person?: Resolver<Maybe<ResolversTypes['Person']>, ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  service?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = DirectoryContext> = {
  Account?: AccountResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  CollaboratorConnection?: CollaboratorConnectionResolvers<ContextType>;
  CollaboratorEdge?: CollaboratorEdgeResolvers<ContextType>;
  Contribution?: ContributionResolvers<ContextType>;
  Conversation?: ConversationResolvers<ContextType>;
  Coverage?: CoverageResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Document?: DocumentResolvers<ContextType>;
  Excerpt?: ExcerptResolvers<ContextType>;
  ExpertConnection?: ExpertConnectionResolvers<ContextType>;
  ExpertEdge?: ExpertEdgeResolvers<ContextType>;
  Group?: GroupResolvers<ContextType>;
  GroupConnection?: GroupConnectionResolvers<ContextType>;
  GroupEdge?: GroupEdgeResolvers<ContextType>;
  Mark?: MarkResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Person?: PersonResolvers<ContextType>;
  PersonConnection?: PersonConnectionResolvers<ContextType>;
  PersonEdge?: PersonEdgeResolvers<ContextType>;
  Problem?: ProblemResolvers<ContextType>;
  ProblemConnection?: ProblemConnectionResolvers<ContextType>;
  ProblemEdge?: ProblemEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Reason?: ReasonResolvers<ContextType>;
  RelatedTopic?: RelatedTopicResolvers<ContextType>;
  Removal?: RemovalResolvers<ContextType>;
  RemovalConnection?: RemovalConnectionResolvers<ContextType>;
  RemovalEdge?: RemovalEdgeResolvers<ContextType>;
  Reply?: ReplyResolvers<ContextType>;
  SharedWork?: SharedWorkResolvers<ContextType>;
  Source?: SourceResolvers<ContextType>;
  SourceCoverage?: SourceCoverageResolvers<ContextType>;
  SourceError?: SourceErrorResolvers<ContextType>;
  Sources?: SourcesResolvers<ContextType>;
  TagCount?: TagCountResolvers<ContextType>;
  Topic?: TopicResolvers<ContextType>;
  TopicPart?: TopicPartResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

