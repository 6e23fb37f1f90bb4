import type { ForumConnectorKind } from '../connector.ts';
import { discourse } from './discourse.ts';
import { imap } from './imap.ts';
import { jive } from './jive.ts';
import { mbox } from './mbox.ts';
import { ndjson } from './ndjson.ts';
import { nodebb } from './nodebb.ts';

/** ADD A CONNECTOR: one file beside this one, and one line here. */
export const connectors: readonly ForumConnectorKind[] = [ndjson, mbox, imap, discourse, jive, nodebb];
