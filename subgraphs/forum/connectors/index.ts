import type { ForumConnectorKind } from '../connector.ts';

/** ADD A CONNECTOR: one file beside this one, and one line here. */
export const connectors: readonly ForumConnectorKind[] = [];
