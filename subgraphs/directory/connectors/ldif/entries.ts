import { normaliseDn, parentDn, rdnValues, splitDn } from '../dn.ts';
import type { Entry } from '../inet-org-person.ts';
import type { Complain, LdifLine, LdifRecord } from './records.ts';

type Value = string | Uint8Array;

/** An entry while changes are applied to it, and the line its record begins at. */
export interface PlacedEntry extends Entry {
  dn: string;
  readonly attributes: Map<string, Value[]>;
  readonly place: { readonly file: string; readonly number: number };
}

/** The entries that content and change records (RFC 2849) come to when applied in order. */
export class Entries {
  /** By normalised DN, in the order of the file. */
  readonly #byDn = new Map<string, PlacedEntry>();
  readonly #children = new Map<string, number>();

  all(): IterableIterator<PlacedEntry> {
    return this.#byDn.values();
  }

  /** Applies one record of `file`; what cannot be applied is complained about and changes nothing. */
  apply(record: LdifRecord, file: string, complain: Complain): void {
    const lines = record.lines.filter((line) => line.name !== 'control');
    const at = lines.findIndex((line) => line.name === 'changetype');
    const dn = normaliseDn(record.dn);
    if (at === -1) return this.#add(record, lines, file, complain);
    const rest = lines.toSpliced(at, 1);
    const type = String((lines[at] as LdifLine).value)
      .trim()
      .toLowerCase();
    if (type === 'add') return this.#add(record, rest, file, complain);
    const entry = this.#byDn.get(dn);
    if (entry === undefined) return complain(record.number, `${type} of ${record.dn}, which is not there`);
    if (type === 'delete') this.#remove(dn);
    else if (type === 'modify') modify(entry, rest, complain);
    else if (type === 'modrdn' || type === 'moddn') this.#rename(entry, dn, rest, record.number, complain);
    else complain(record.number, `the changetype "${type}" is not one of add, delete, modify, modrdn and moddn`);
  }

  #add(record: LdifRecord, lines: readonly LdifLine[], file: string, complain: Complain): void {
    const dn = normaliseDn(record.dn);
    if (this.#byDn.has(dn))
      return complain(record.number, `${record.dn} is there already; this second record is left out`);
    const attributes = new Map<string, Value[]>();
    for (const line of lines) if (line.name !== '-') push(attributes, line.name, [line.value]);
    this.#put(dn, { dn: record.dn, attributes, place: { file, number: record.number } });
  }

  #put(dn: string, entry: PlacedEntry): void {
    this.#byDn.set(dn, entry);
    const parent = parentDn(dn);
    this.#children.set(parent, (this.#children.get(parent) ?? 0) + 1);
  }

  #remove(dn: string): void {
    this.#byDn.delete(dn);
    const parent = parentDn(dn);
    this.#children.set(parent, (this.#children.get(parent) ?? 1) - 1);
  }

  #rename(entry: PlacedEntry, dn: string, lines: readonly LdifLine[], number: number, complain: Complain): void {
    const field = (name: string): string | undefined => {
      const value = lines.find((line) => line.name === name)?.value;
      return typeof value === 'string' ? value.trim() : undefined;
    };
    const newRdn = field('newrdn');
    if (newRdn === undefined || splitDn(newRdn)?.length !== 1)
      return complain(number, 'modrdn needs one RDN in "newrdn:"');
    const above = field('newsuperior') ?? entry.dn.slice(ownRdnLength(entry.dn) + 1);
    const newDn = above === '' ? newRdn : `${newRdn},${above}`;
    const to = normaliseDn(newDn);
    if (to !== dn && this.#byDn.has(to)) return complain(number, `${newDn} is there already`);
    if (field('deleteoldrdn') === '1')
      for (const [type, value] of rdnValues(entry.dn)) drop(entry.attributes, type.toLowerCase(), [value]);
    for (const [type, value] of rdnValues(newRdn)) {
      drop(entry.attributes, type.toLowerCase(), [value]);
      push(entry.attributes, type.toLowerCase(), [value]);
    }
    const hadChildren = (this.#children.get(dn) ?? 0) > 0;
    this.#remove(dn);
    entry.dn = newDn;
    this.#put(to, entry);
    if (!hadChildren || to === dn) return;
    // The whole subtree moves along (RFC 4511, section 4.9).
    for (const [below, child] of Array.from(this.#byDn)) {
      if (child === entry || !below.endsWith(`,${dn}`)) continue;
      this.#remove(below);
      const moved = `${below.slice(0, -dn.length)}${to}`;
      child.dn = moved;
      this.#put(moved, child);
    }
  }
}

function ownRdnLength(dn: string): number {
  for (let at = 0; at < dn.length; at++) {
    if (dn[at] === '\\') at++;
    else if (dn[at] === ',') return at;
  }
  return dn.length;
}

/** RFC 2849's mod-specs: `add: type`, its values, `-`. */
function modify(entry: PlacedEntry, lines: readonly LdifLine[], complain: Complain): void {
  for (let at = 0; at < lines.length; at++) {
    const what = lines[at] as LdifLine;
    if (what.name === '-') continue;
    const values: Value[] = [];
    const type = String(what.value).trim().toLowerCase().replace(/;.*$/, '');
    let next = at + 1;
    for (; next < lines.length && lines[next]?.name === type; next++) values.push((lines[next] as LdifLine).value);
    if (what.name === 'add') push(entry.attributes, type, values);
    else if (what.name === 'replace') {
      entry.attributes.delete(type);
      push(entry.attributes, type, values);
    } else if (what.name === 'delete') {
      if (values.length === 0) entry.attributes.delete(type);
      else drop(entry.attributes, type, values);
    } else complain(what.number, `"${what.name}" is not one of add, replace and delete; the modification is left out`);
    at = next - 1;
    while (at + 1 < lines.length && lines[at + 1]?.name !== '-') {
      at++;
      const stray = lines[at] as LdifLine;
      if (['add', 'replace', 'delete'].includes(stray.name)) {
        at--; // the `-` between two modifications was forgotten
        break;
      }
      complain(stray.number, `"${stray.name}" does not belong to the modification of "${type}"`);
    }
  }
}

function push(attributes: Map<string, Value[]>, name: string, values: readonly Value[]): void {
  if (values.length === 0) return;
  const list = attributes.get(name);
  if (list === undefined) attributes.set(name, [...values]);
  else list.push(...values);
}

function drop(attributes: Map<string, Value[]>, name: string, values: readonly Value[]): void {
  const gone = new Set(values.map(comparable));
  const left = (attributes.get(name) ?? []).filter((value) => !gone.has(comparable(value)));
  if (left.length === 0) attributes.delete(name);
  else attributes.set(name, left);
}

function comparable(value: Value): string {
  return typeof value === 'string' ? value.trim().toLowerCase() : `\0${Buffer.from(value).toString('base64')}`;
}
