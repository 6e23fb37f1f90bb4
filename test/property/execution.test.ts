import '../../gateway/telemetry.ts';
import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compare, misfitOf, pathWithin, type Difference } from '../helpers/execution/compare.ts';
import { drawn, type Draw } from '../helpers/execution/draw.ts';
import { drawOperation, drawVariables, withClearAliases, withGivenAliases } from '../helpers/execution/operations.ts';
import { drawSchemas } from '../helpers/execution/schemas.ts';
import { FakeSubgraphs, NO_FAULTS, nothingSeen, type Faults } from '../helpers/execution/subgraphs.ts';
import { compose, openFederation, type Answer } from '../helpers/execution/pair.ts';

/** Longer runs: `EXECUTION_SEED=$RANDOM EXECUTION_SUPERGRAPHS=1000 npx vitest run test/property/execution.test.ts`. */
const SEED = Number(process.env['EXECUTION_SEED'] ?? 20_260_101);
const SUPERGRAPHS = Number(process.env['EXECUTION_SUPERGRAPHS'] ?? 60);
const OPERATIONS = 8;
const PARTS = 4;

/** What may go wrong in the subgraphs: each operation is asked once with each. */
const FAULTS: readonly Omit<Faults, 'seed'>[] = [
  NO_FAULTS,
  { ...NO_FAULTS, nulls: 0.1 },
  { ...NO_FAULTS, thrown: 0.1 },
  { ...NO_FAULTS, absent: 0.2 },
  { ...NO_FAULTS, failing: 0.3 },
  { ...NO_FAULTS, nulls: 0.05, thrown: 0.05, absent: 0.05, failing: 0.05 },
  { ...NO_FAULTS, mangled: 0.1 },
];

interface Case {
  readonly query: string;
  readonly asked: readonly { readonly variables: Readonly<Record<string, unknown>>; readonly faults: Faults }[];
}

/** Without what JSON does not have, and with the aliases of the original operation. */
function plainAnswer({ data, errors, extensions }: Answer): Answer {
  return {
    ...(data !== undefined && { data: withGivenAliases(data) }),
    ...(errors && {
      // What only plans ask for may be called as the client calls something else.
      errors: errors.map(
        ({ message, path }) => new GraphQLError(message, { path: path && withGivenAliases(pathWithin(data, path)) }),
      ),
    }),
    ...(extensions && { extensions: withGivenAliases(extensions) }),
  };
}

/** Supergraphs with their data, operations and faults, all made up: we answer as `@apollo/gateway` where it is right. */
describe('executing plans', () => {
  const meant = new Map<Difference, number>();
  let cases = 0;

  for (let part = 0; part < PARTS; part++) {
    it(`answers as Apollo's own executor does, part ${part + 1} of ${PARTS}`, { timeout: 3_600_000 }, async () => {
      const seed = SEED + part;
      const supergraphs = fc.sample(drawn(drawSchemas), { seed, numRuns: Math.ceil(SUPERGRAPHS / PARTS) });
      for (const [index, schemas] of supergraphs.entries()) {
        const { sdl } = compose(schemas);
        expect(sdl, 'the generator makes schemas that fit together').toBeDefined();
        const fakes = new FakeSubgraphs(schemas, seed + index, index % 2 === 0 ? 'text' : 'values');
        const federation = await openFederation(sdl ?? '', fakes.clientOf);
        const caseOf = (draw: Draw): Case => {
          const operation = drawOperation(draw, federation.schema);
          const asked = FAULTS.map((faults) => ({
            variables: drawVariables(draw, operation),
            faults: { ...faults, seed: draw(1_000) },
          }));
          return { query: operation.query, asked };
        };
        const answers = fc.asyncProperty(drawn(caseOf), async ({ query, asked }) => {
          for (const { variables, faults } of asked) {
            cases++;
            // With other aliases the plan and the answers can be others, so that other fetches and values would suffer.
            fakes.faults = withClearAliases(query) === query ? faults : { ...faults, failing: 0, mangled: 0 };
            const seen = { ours: nothingSeen(), theirs: nothingSeen() };
            fakes.seen = seen.ours;
            fakes.hidesInterfaces = false;
            const ours = await federation.ours({ query, variables });
            fakes.seen = seen.theirs;
            fakes.hidesInterfaces = true;
            const theirs: Answer | Error = await federation
              .theirs({ query: withClearAliases(query), variables })
              .then(plainAnswer, (error: Error) => error);
            const comparison = compare(ours, theirs, seen);
            const misfit = misfitOf(federation.schema, { query, variables }, ours);
            const unexplained = [...comparison.unexplained, ...(misfit === undefined ? [] : [misfit])];
            for (const each of comparison.meant) meant.set(each, (meant.get(each) ?? 0) + 1);
            if (unexplained.length > 0) {
              throw new Error(
                `${unexplained.join('\n')}\n${query}\n${JSON.stringify({ variables, faults })}\n` +
                  `ours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(theirs)}`,
              );
            }
          }
        });
        try {
          await fc.assert(answers, { seed, numRuns: OPERATIONS, interruptAfterTimeLimit: 60_000 });
        } catch (error) {
          const { message, cause } = error as Error;
          throw new Error(
            `${(cause as Error | undefined)?.message}\n${message}\n${Object.entries(schemas).flat().join('\n')}`,
            { cause: error },
          );
        }
        await federation.close();
      }
    });
  }

  it('meets every difference that is meant, so that none is named in vain', () => {
    expect(cases).toBeGreaterThan(0);
    const often: readonly Difference[] = [
      'absent is no error',
      'asks without what may be null',
      'completion is an error',
      'failed fetch has a place',
      'loses the part only',
    ];
    expect([...meant.keys()]).toEqual(expect.arrayContaining([...often]));
  });
});
