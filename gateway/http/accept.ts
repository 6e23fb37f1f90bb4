/**
 * How much a client wants `value`, from 0 to 1, by an `Accept` or `Accept-Encoding` header.
 *
 * Wildcards count as 0 on purpose: curl and most GraphQL clients send `*` + `/*`, and none of them wants a page.
 */
export function acceptQuality(header: string | undefined, value: string): number {
  for (const part of header?.toLowerCase().split(',') ?? []) {
    const [name, ...parameters] = part.split(';').map((text) => text.trim());
    if (name !== value) continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = q === undefined ? 1 : Number(q.slice('q='.length));
    return quality >= 0 && quality <= 1 ? quality : 0;
  }
  return 0;
}
