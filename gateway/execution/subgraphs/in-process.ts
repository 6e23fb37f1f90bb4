import type { SubgraphExecutor } from '../../../subgraphs/kit/execute.ts';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import type { SubgraphClient } from './client.ts';
import { readConfirmation } from './confirmation.ts';

/** A subgraph in this process: its operations are compiled once and called with plain objects, no text between. */
export function inProcessClient(name: string, executor: SubgraphExecutor): SubgraphClient {
  return {
    name,
    trusted: true,
    isRemote: false,
    prepare({ query, operationName }) {
      const prepared = executor.prepare(query, operationName);
      return async (variables, { context }, represented) => {
        let subgraphContext = context?.subgraphContexts.get(name);
        if (!subgraphContext) {
          subgraphContext = executor.contextFor(context?.viewer ?? NOBODY);
          context?.subgraphContexts.set(name, subgraphContext);
        }
        const all = represented ? { ...variables, representations: represented.values } : variables;
        const answer = await executor.run(prepared, all, await subgraphContext, context?.requestId);
        const { data = null, errors, extensions } = answer;
        return { data, errors, confirmation: readConfirmation(extensions) };
      };
    },
    close: async () => {},
  };
}
