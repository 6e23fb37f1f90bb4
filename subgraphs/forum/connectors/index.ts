import type { ForumConnectorKind } from '../connector.ts';
import { discourse } from './discourse.ts';
import { imap } from './imap.ts';
import { mbox } from './mbox.ts';
import { ndjson } from './ndjson.ts';

/** ADD A CONNECTOR: one file beside this one, and one line here. */
export const connectors: readonly ForumConnectorKind[] = [ndjson, mbox, imap, discourse];
