import { z } from 'zod';
import { webAddress } from '../../kit/text/plain.ts';

const PLACE = /\{([a-z][a-z0-9-]*)\}/gi;

/** The option `photoUrl`: a web address with names of attributes in it. */
export const PhotoUrl = z
  .string()
  .refine((template) => {
    const [one, other] = ['x', 'y'].map((value) => webAddress(template.replace(PLACE, value)));
    if (one === undefined || other === undefined) return false;
    // Nothing an entry says may choose the host.
    return one !== other && new URL(one).host === new URL(other).host;
  }, 'must be a web address with the name of an attribute after the host: `https://photos.example/{uid}.jpg`')
  .optional()
  .describe(
    'Where photos are that the directory holds as bytes or not at all, by an attribute: `https://photos.example/{uid}.jpg`.',
  );

/** The attributes a template for addresses of photos takes, in lower case. */
export function photoAttributes(template: string | undefined): string[] {
  return [...(template ?? '').matchAll(PLACE)].map(([, name]) => (name as string).toLowerCase());
}

/**
 * The address of a person's photo: what the entry says itself, or what the template makes of it. Bytes of photos
 * (`jpegPhoto`) are never read.
 * @param values the text values of an attribute, its name in lower case.
 */
export function photoOf(
  attributes: readonly string[],
  template: string | undefined,
  values: (name: string) => readonly string[],
  reasons: string[],
): string | undefined {
  for (const name of attributes) {
    for (const value of values(name)) {
      // labeledURI (RFC 2079) is an address and, after a blank, what it is of: mostly the home page.
      const [written = '', ...label] = value.trim().split(/\s+/);
      if (name === 'labeleduri' && !isOfPhoto(written, label.join(' '))) continue;
      const address = webAddress(written);
      if (address !== undefined) return address;
      reasons.push(`the photo "${written.slice(0, 100)}" is not a web address`);
    }
  }
  if (template === undefined) return undefined;
  let isWhole = true;
  const address = template.replace(PLACE, (_, name: string) => {
    const value = values(name.toLowerCase())[0] ?? '';
    isWhole &&= value !== '' && value.isWellFormed();
    return isWhole ? encodeURIComponent(value) : '';
  });
  return isWhole ? webAddress(address) : undefined;
}

function isOfPhoto(address: string, label: string): boolean {
  return /photo|picture|portrait|avatar|jpeg/i.test(label) || /\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)/i.test(address);
}
