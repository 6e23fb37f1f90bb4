import '../../../gateway/telemetry.ts';
import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../../gateway/execution/selection.ts';
import { SubgraphFailure } from '../../../gateway/execution/subgraphs/client.ts';
import { compose, openFederation } from '../../helpers/execution/pair.ts';
import { reached } from '../../helpers/execution/reached.ts';

const VALUES = 'type Value @shareable { a: Int b: Int c: Int }';
const BOTH = '{ ...F a b c }';

/** Plans name selections that recur as fragments. */
describe('selections of plans', () => {
  it('have their fragments written out, those within fragments too', () => {
    const query = 'query { a { ...F } } fragment F on A { b ...G @skip(if: $x) } fragment G on A { c }';
    expect(print(selectionOf(query)).replaceAll(/\s+/g, ' ')).toBe(
      '{ a { ... on A { b ... on A @skip(if: $x) { c } } } }',
    );
  });

  it('are not taken for incomplete where they recur', async () => {
    const { sdl = '' } = compose({ one: `${VALUES} type Query { x: Value y: Value }` });
    const value = { a: 1, b: 2, c: 3 };
    const queries: string[] = [];
    const federation = await openFederation(sdl, (name) =>
      reached(name, 'values', ({ query }) => {
        queries.push(query);
        return async () => ({ data: { x: { ...value }, y: { ...value } } });
      }),
    );
    const query = `{ x ${BOTH} y ${BOTH} } fragment F on Value { a b c }`;
    expect((await federation.ours({ query })).data).toEqual({ x: value, y: value });
    expect(queries.join(), 'the plan has fragments').toContain('fragment');
    await federation.close();
  });

  it('tell what is missing when their fetch fails, behind conditions too', async () => {
    const { sdl = '' } = compose({ one: 'type Query { x: Int! y: Int }' });
    const federation = await openFederation(sdl, (name) =>
      reached(name, 'text', () => async () => {
        throw new SubgraphFailure('SUBGRAPH_UNAVAILABLE', 'Down.');
      }),
    );
    const query = 'query ($on: Boolean!) { y ... @include(if: $on) { x } }';
    const { data, errors } = await federation.ours({ query, variables: { on: true } });
    expect(data).toBeNull();
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['SUBGRAPH_UNAVAILABLE']);
    await federation.close();
  });
});
