import type { ContentReader } from '../kit/content/reader.ts';
import { ContentRequest } from '../kit/content/request.ts';
import type { Viewer } from '../kit/viewer.ts';
import { DOCUMENT_COLUMNS, documentsArea, type DocumentRow } from './area.ts';

/** What resolvers of documents work with: one request, one viewer. */
export interface DocumentsContext {
  readonly request: ContentRequest<DocumentRow>;
}

/** The context of one request. */
export function documentsContext(reader: ContentReader, viewer: Viewer): DocumentsContext {
  return { request: new ContentRequest(reader, { type: documentsArea.type, columns: DOCUMENT_COLUMNS }, viewer) };
}
