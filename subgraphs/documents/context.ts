import type { ListContext } from '../kit/content/lists.ts';
import type { ContentReader } from '../kit/content/reader.ts';
import { ContentRequest } from '../kit/content/request.ts';
import type { Confirmed } from '../kit/live/confirmation.ts';
import type { Viewer } from '../kit/viewer.ts';
import { DOCUMENT_COLUMNS, documentsArea, type DocumentRow } from './area.ts';

/** What resolvers of documents work with: one request, one viewer. */
export type DocumentsContext = ListContext<DocumentRow>;

/** The context of one request. */
export function documentsContext(reader: ContentReader, viewer: Viewer, confirmed: Confirmed): DocumentsContext {
  const request = new ContentRequest<DocumentRow>(
    reader,
    { type: documentsArea.type, columns: DOCUMENT_COLUMNS },
    viewer,
    confirmed,
  );
  return { request, textOf: (item) => request.body.load(item) };
}
