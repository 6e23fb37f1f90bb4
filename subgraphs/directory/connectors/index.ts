import type { DirectoryConnectorKind } from '../connector.ts';
import { csv } from './csv.ts';
import { ldap } from './ldap.ts';
import { ldif } from './ldif.ts';
import { scim } from './scim.ts';

/** ADD A CONNECTOR: one file beside this one, and one line here. */
export const connectors: readonly DirectoryConnectorKind[] = [ldif, csv, ldap, scim];
