import { getVariableValues, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { costOf } from './cost.ts';
import { readPriceList, type PriceList } from './price-list.ts';

/** An operation of a document, and the schema it was validated against. */
export interface Priced {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Says what operations cost, by the prices of the schema that is served. */
export class Pricing {
  readonly #pageSize: number;
  #prices: PriceList = { weights: new Map(), sizes: new Map() };

  /** @param pageSize the largest page */
  constructor(pageSize: number) {
    this.#pageSize = pageSize;
  }

  /** Takes up the prices of a schema. */
  begin(supergraph: string): void {
    this.#prices = readPriceList(supergraph);
  }

  /**
   * What an operation may cost at most; 0 where its variables do not fit: that is told of where it would be executed.
   * @throws PAGE_SIZE
   */
  costOf(priced: Priced, variables: Readonly<Record<string, unknown>>): number {
    const { schema, operation } = priced;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    return coerced ? this.costWith(priced, coerced) : 0;
  }

  /** The same, with variables that fit: their defaults filled in. @throws PAGE_SIZE */
  costWith({ schema, document, operation }: Priced, variables: Readonly<Record<string, unknown>>): number {
    return costOf({ schema, prices: this.#prices, document, operation, variables, pageSize: this.#pageSize });
  }
}
