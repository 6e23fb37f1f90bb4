import { fingerprint } from '../../../kit/text/files.ts';
import type { Section, Sections } from './readers.ts';

/** What versions of a category's topics begin with: changes when the topic is moved, or its category gets other readers. */
export function fenceOf({ cid, readers }: Section): string {
  return `${cid}~${fingerprint(...readers)}.`;
}

/** Whether the topic stored with this version may still be read by those it is stored for, as far as its category goes. */
export function isOf(version: string | undefined, sections: Sections): boolean {
  if (version === undefined) return false;
  const section = sections.of(Number.parseInt(version, 10));
  return section !== undefined && version.startsWith(fenceOf(section));
}
