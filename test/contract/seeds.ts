import type { Identity } from '../../subgraphs/kit/identity/identity.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';

/** What every tool of documents or conversations is loaded with; the subject translates it into the tool's own. */
export interface ContentSeed {
  /** Unique, and fit for a file's name. */
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** The text in the tool's own markup, in place of `body`. */
  readonly raw?: string;
  readonly author: { readonly handle: string; readonly mail?: string };
  /** Empty: nobody may read it. */
  readonly readers: readonly string[];
}

/** Something about a tool that not every tool has. */
export type Ability =
  | 'everyone'
  | 'one group'
  | 'two groups'
  | 'one person'
  | 'nobody'
  | 'a user name'
  | 'a mail address'
  | 'an alias'
  | 'nothing'
  | 'markup'
  | 'moves'
  | 'narrower readers'
  | 'addresses';

/** What a tool cannot do, with the reason: it is printed with the test that is left out for it. */
export type Cannot = Readonly<Partial<Record<Ability, string>>>;

/** People as the directory tells of them. */
export const PEOPLE: readonly Identity[] = [
  person('ann', {}),
  person('bo', { usernames: ['bo.berg'] }),
  person('cy', {
    usernames: ['cy.c'],
    aliases: [
      { source: 'test', handle: 'cyrus' },
      { source: 'test', handle: 'cyrus@old.example' },
    ],
  }),
  person('dee', {}),
];

function person(name: string, more: Partial<Identity>): Identity {
  return {
    person: name,
    name: name.toUpperCase(),
    active: true,
    mails: [`${name}@kestrel.example`],
    usernames: [name],
    aliases: [],
    groups: [],
    ...more,
  };
}

/** Who asks: somebody unknown, and people with the groups that they are in. */
export const VIEWERS: Readonly<Record<string, Viewer>> = {
  guest: NOBODY,
  ann: { person: 'ann', groups: ['staff'], operator: false },
  bo: { person: 'bo', groups: ['board'], operator: false },
  cy: { person: 'cy', groups: [], operator: false },
  dee: { person: 'dee', groups: ['board', 'staff'], operator: false },
};

/** One item for each kind of readers, and who of `VIEWERS` may then read it. */
export const BY_READERS: readonly (ContentSeed & { readonly ability: Ability; readonly seenBy: readonly string[] })[] =
  [
    {
      ability: 'everyone',
      seenBy: ['guest', 'ann', 'bo', 'cy', 'dee'],
      ...seed('boiler', 'Mending the boiler', ['everyone']),
    },
    { ability: 'one group', seenBy: ['ann', 'dee'], ...seed('payroll', 'How payroll works', ['group:staff']) },
    {
      ability: 'two groups',
      seenBy: ['ann', 'bo', 'dee'],
      ...seed('budget', 'Budget of the year', ['group:board', 'group:staff']),
    },
    { ability: 'one person', seenBy: ['ann'], ...seed('letter', 'A letter to Ann', ['person:ann']) },
    { ability: 'nobody', seenBy: [], ...seed('vault', 'What is in the vault', []) },
  ];

/** One item by each kind of account, and whose of `PEOPLE` it is. */
export const BY_AUTHOR: readonly (ContentSeed & { readonly ability: Ability; readonly owner: string | null })[] = [
  { ability: 'a user name', owner: 'ann', ...seed('by-name', 'By user name', [], { handle: 'ann' }) },
  {
    ability: 'a mail address',
    owner: 'bo',
    ...seed('by-mail', 'By mail address', [], { handle: 'berg77', mail: 'bo@kestrel.example' }),
  },
  { ability: 'an alias', owner: 'cy', ...seed('by-alias', 'By alias', [], { handle: 'cyrus' }) },
  { ability: 'nothing', owner: null, ...seed('by-zoe', 'By a stranger', [], { handle: 'zoe' }) },
];

/** An item that is told from others by its name alone. */
export function seed(
  id: string,
  title: string,
  readers: readonly string[],
  author: ContentSeed['author'] = { handle: 'ann' },
): ContentSeed {
  return { id, title, body: `What there is to say of ${id}.`, readers, author };
}

/** The same text in the markup of tools; `never` is in no text that a reader sees. */
export const MARKUP = {
  markdown: {
    raw: '# Heading\n\nMend **the boiler** with [a wrench](https://tools.example/wrench).\n\n<script>alert(1)</script>\n\n<img src="x" onerror="alert(1)"> [here](javascript:alert(1))\n\nA bell\u0007 and an end\u0000.\n',
    never: /\*\*|\]\(|^#|<|alert/,
  },
  html: {
    raw: '<h1>Heading</h1><p>Mend <b>the boiler</b> with <a href="https://tools.example/wrench">a wrench</a>.</p><script>alert(1)</script><style>p{color:red}</style><img src="x" onerror="alert(1)"><a href="javascript:alert(1)">here</a><p>A bell\u0007 and an end\u0000.</p>',
    never: /<|alert|color:red/,
  },
  wikitext: {
    raw: "== Heading ==\nMend '''the boiler''' with [https://tools.example/wrench a wrench].<!-- alert(1) --> <span style=\"color:red\" onclick=\"alert(1)\">Red</span>",
    never: /'''|==|\[https|<|alert|color:red/,
  },
} as const;

/** What `MARKUP` says. */
export const MARKUP_SAYS = { text: 'Mend the boiler with a wrench.', link: 'https://tools.example/wrench' } as const;
