/** What stands in place of a secret. */
export const MASK = '***';

/** Shorter texts are blotted out nowhere. */
const MIN_LENGTH = 4;

/** Shorter texts are too common in other words: blotted out there, they would show what they are. */
const MIN_PART = 8;

/** Whether the value of a secret option holds no secret after all: an address that says where, and nothing more. */
export function isShowable(text: string): boolean {
  const url = URL.parse(text);
  if (!url?.host || url.username || url.password || url.search || url.hash) return false;
  // A path may be a secret: those of webhooks are. Redis has the number of its database there.
  return /^\/?\d*$/.test(url.pathname);
}

/** A text without the secrets in it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= MIN_LENGTH)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret.length < MIN_PART ? wordOf(secret) : secret, MASK), text);
}

/** A text where nothing that words are made of is next to it. */
function wordOf(text: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])${RegExp.escape(text)}(?![\p{L}\p{N}_])`, 'gu');
}
