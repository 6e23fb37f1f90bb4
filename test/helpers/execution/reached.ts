import { readAnswer } from '../../../gateway/execution/subgraphs/answer.ts';
import type { SubgraphAnswer, SubgraphClient, SubgraphOperation } from '../../../gateway/execution/subgraphs/client.ts';

/** How a subgraph of a test is reached: as one in this process, or as one over HTTP, whose answers come as text. */
export type Way = 'values' | 'text';

type Asked = (variables: Readonly<Record<string, unknown>>) => Promise<SubgraphAnswer>;

/** A client of a subgraph that is a function. */
export function reached(name: string, way: Way, prepare: (operation: SubgraphOperation) => Asked): SubgraphClient {
  return {
    name,
    trusted: false,
    isRemote: way === 'text',
    prepare(operation) {
      const ask = prepare(operation);
      return async (variables, _call, represented) => {
        const representations =
          way === 'text' ? represented?.texts.map((text) => JSON.parse(text)) : represented?.values;
        const answer = await ask(representations ? { ...variables, representations } : variables);
        if (way === 'values' || !operation.read) return answer;
        return readAnswer(JSON.stringify(answer), name, 100, operation.read);
      };
    },
    close: async () => undefined,
  };
}
