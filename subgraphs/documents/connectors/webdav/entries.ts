import { cleanLine } from '../../../kit/text/plain.ts';
import type { Resource } from './multistatus.ts';

/** A file or folder of a listing. */
export interface Entry {
  /** Its path below the base, decoded. */
  readonly path: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number | undefined;
  /** Without the mark of weak ones: Apache takes it off by itself when the file is a second old. */
  readonly etag: string | undefined;
  readonly modified: string | undefined;
  /** What it is called, where that is not its name. */
  readonly title: string | undefined;
  readonly resource: Resource;
}

/** What a listing says of a file or folder, for us. */
export function entryOf(path: string, resource: Resource): Entry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const line = (prop: string): string | undefined =>
    cleanLine(resource.props.get(`DAV:${prop}`)?.text ?? '') || undefined;
  const size = line('getcontentlength');
  const title = line('displayname');
  const kinds = resource.props.get('DAV:resourcetype')?.children ?? [];
  return {
    path,
    name,
    isFolder: kinds.some((kind) => kind.name === 'DAV:collection'),
    size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    etag: line('getetag')?.replace(/^W\//, ''),
    modified: line('getlastmodified'),
    title: title === name ? undefined : title,
    resource,
  };
}
