import { OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** An operation that came over HTTP, passed admission and validation, and can come again. */
export interface AdmittedOperation {
  /** What it was validated against. */
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Its name in the document. */
  readonly name: string | null;
  /** SHA-256 of the document's text. */
  readonly hash: string;
}

/** A document that passed all that does not depend on variables. */
interface Passed {
  readonly document: DocumentNode;
  /** Its operations, by the name they were asked for by; null for none. */
  readonly operations: Map<string | null, AdmittedOperation>;
}

/** So many documents are kept … */
const MAX_DOCUMENTS = 1_000;
/** … and so many characters of them: parsed, a document weighs a hundred times its text. */
const MAX_TEXT = 400_000;

/**
 * What was let in for the schema that is served, so that it need not be looked at again. A schema that takes its place
 * knows of nothing yet; what is asked for another one is neither found here nor kept.
 */
export class AdmittedOperations {
  readonly #passed = new LRUCache<string, Passed>({ max: MAX_DOCUMENTS, maxSize: MAX_TEXT });
  #schema: GraphQLSchema | undefined;

  /** Begins anew with a schema; without one, nothing is let in any more. */
  begin(schema: GraphQLSchema | undefined): void {
    this.#passed.clear();
    this.#schema = schema;
  }

  /** The document of a text that passed for a schema. */
  documentOf(schema: GraphQLSchema, text: string): DocumentNode | undefined {
    return schema === this.#schema ? this.#passed.get(text)?.document : undefined;
  }

  /** Keeps a document that passed. */
  pass(schema: GraphQLSchema, text: string, document: DocumentNode): void {
    if (schema === this.#schema) this.#passed.set(text, { document, operations: new Map() }, { size: text.length });
  }

  /** Keeps one of a document's operations, as it was asked for; only queries, for they alone change nothing. */
  admit(text: string, askedName: string | null, operation: AdmittedOperation): void {
    if (operation.schema !== this.#schema || operation.operation.operation !== OperationTypeNode.QUERY) return;
    const passed = this.#passed.get(text);
    if (passed?.document === operation.document) passed.operations.set(askedName, operation);
  }

  /** Whether a text may have an operation here: a first look, before anything is spent on it. */
  has(text: string): boolean {
    return this.#passed.has(text);
  }

  /** The operation that is meant. */
  find(text: string, askedName: string | null): AdmittedOperation | undefined {
    return this.#passed.get(text)?.operations.get(askedName);
  }
}
