import type { Viewer } from './viewer.ts';

/** The scope for mail addresses and telephone numbers, also where they are somebody's handle. */
const SCOPE = 'people:contact';

/** What stands on either side of the @ in an address, and of the word in a spelt one. */
const PART = String.raw`[^\s@<>()\[\]"',;:]`;
const WORD = String.raw`[^\s<>()\[\]"',;:]`;
// Each begins where such characters do, and nowhere within: else a long word is looked through from each of them.
const ADDRESS = new RegExp(`(?<!${PART})${PART}+@${PART}+`, 'gu');
/** As public archives write them: `jane at x.example`, `jane (at) x.example`. */
const SPELT_ADDRESS = new RegExp(
  String.raw`(?<!${WORD})${WORD}+\s{1,3}[(\[]?at[)\]]?\s{1,3}${PART}+\.[a-z]{2,24}\b`,
  'giu',
);
/** Only with the country's code: other digits may be anything, and are the ids of accounts in many tools. */
const PHONE = /\+\d(?:[\s()./-]{0,2}\d){6,16}/gu;

/** Whether the viewer may see how people are reached. */
export function maySeeContacts({ scopes = [] }: Pick<Viewer, 'scopes'>): boolean {
  return scopes.includes(SCOPE);
}

/** Whether an address or a telephone number stands in a text. */
export function holdsContact(text: string): boolean {
  return withoutContacts(text) !== text;
}

/**
 * A text with its addresses and telephone numbers cut short: `jane.roe@x.example` is `jan…`, so that the people of a
 * thread can be told apart and not be written to.
 */
export function withoutContacts(text: string): string {
  return text.replaceAll(ADDRESS, shortened).replaceAll(SPELT_ADDRESS, shortened).replaceAll(PHONE, '…');
}

/** A text as the viewer may see it. */
export function contactsFor<Text extends string | null>(text: Text, viewer: Pick<Viewer, 'scopes'>): Text {
  return (text === null || maySeeContacts(viewer) ? text : withoutContacts(text)) as Text;
}

function shortened(address: string): string {
  const user = /^[^\s@]*/u.exec(address)?.[0] ?? '';
  return `${user.slice(0, Math.min(3, Math.floor(user.length / 2)))}…`;
}
