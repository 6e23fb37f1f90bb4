import type { DocumentConnectorKind } from '../connector.ts';
import { folder } from './folder.ts';
import { mediawiki } from './mediawiki.ts';
import { webdav } from './webdav.ts';

/** ADD A CONNECTOR: one file beside this one, and one line here. */
export const connectors: readonly DocumentConnectorKind[] = [folder, mediawiki, webdav];
