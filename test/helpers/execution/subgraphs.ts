import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  GraphQLError,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  print,
  visit,
  type DocumentNode,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import {
  SubgraphFailure,
  type SubgraphAnswer,
  type SubgraphClient,
} from '../../../gateway/execution/subgraphs/client.ts';
import { TYPE_ALIAS } from './operations.ts';
import { chance } from './draw.ts';
import { LINK, type Schemas } from './schemas.ts';
import { reached, type Way } from './reached.ts';

/** How often things go wrong, each a part of 1; the same things for the same seed, whoever asks in whatever order. */
export interface Faults {
  readonly seed: number;
  /** Fields that throw. */
  readonly thrown: number;
  /** Fields that are null in one subgraph only. */
  readonly nulls: number;
  /** Entities a subgraph knows nothing of. */
  readonly absent: number;
  /** Fetches that fail as a whole. */
  readonly failing: number;
  /** Values that are of another shape than they should be. */
  readonly mangled: number;
}

export const NO_FAULTS: Faults = { seed: 0, thrown: 0, nulls: 0, absent: 0, failing: 0, mangled: 0 };

/** What subgraphs were asked and what of it came about, to tell which differences may show. */
export interface Seen {
  /** Entities, by their keys, with the subgraph. */
  readonly asked: Set<string>;
  /** Whole representations by what was asked of which entity. */
  readonly calls: Map<string, string>;
  absent: number;
  failed: number;
  mangled: number;
}

export const nothingSeen = (): Seen => ({ asked: new Set(), calls: new Map(), absent: 0, failed: 0, mangled: 0 });

/** What entities are known by; other fields of a representation are what was required. */
const KEY = /^(__typename|id|k1|k2|ref)$/;

/** So many entities of each type there are. */
const COUNT = 4;

/** An object of the world all subgraphs share: an entity by number, or a value by where it hangs. */
interface Thing {
  readonly __typename: string;
  readonly is: string;
  readonly n: number;
  readonly representation?: Readonly<Record<string, unknown>>;
}

/** Subgraphs that make up one world: fields that several of them have are the same in each, where nothing fails. */
export class FakeSubgraphs {
  readonly #schemas: ReadonlyMap<string, GraphQLSchema>;
  readonly #world: number;
  readonly #implementers: readonly string[];
  faults: Faults = NO_FAULTS;
  seen: Seen = nothingSeen();
  /**
   * Whether answers keep back that an entity is an interface object, where its subgraph knows no more: `@apollo/gateway`
   * would take it for the entity's type, and lose the entity.
   */
  hidesInterfaces = false;
  readonly #way: Way;

  constructor(schemas: Schemas, world: number, way: Way = 'values') {
    this.#way = way;
    this.#world = world;
    this.#schemas = new Map(
      Object.entries(schemas).map(([name, text]) => {
        const schema = buildSubgraphSchema([{ typeDefs: parse(LINK + text) }]);
        const fields = schema.getQueryType()?.getFields() ?? {};
        for (const field of Object.values(fields)) if (field.name === '_entities') delete field.resolve;
        for (const type of Object.values(schema.getTypeMap())) if (isAbstractType(type)) type.resolveType = undefined;
        return [name, schema];
      }),
    );
    this.#implementers = [
      ...new Set(
        [...this.#schemas.values()].flatMap((schema) => {
          const face = schema.getType('I0');
          return isAbstractType(face) ? schema.getPossibleTypes(face).map(({ name }) => name) : [];
        }),
      ),
    ];
  }

  /** For a gateway. */
  readonly clientOf = (name: string): SubgraphClient =>
    reached(name, this.#way, ({ query }) => {
      const document = parse(query);
      const what = `${name} ${withoutAliases(document)}`;
      return async (variables) => {
        const { faults, seen } = this;
        const representations = (variables['representations'] ?? []) as readonly Readonly<Record<string, unknown>>[];
        for (const each of representations) {
          const keys = canonical(Object.fromEntries(Object.entries(each).filter(([field]) => KEY.test(field))));
          seen.asked.add(`${name} ${keys}`);
          seen.calls.set(`${what} ${keys}`, canonical(each));
        }
        if (chance(faults.seed, 'fails', what) < faults.failing) {
          seen.failed++;
          throw new SubgraphFailure('SUBGRAPH_UNAVAILABLE', 'It fails.');
        }
        const schema = this.#schemas.get(name);
        if (!schema) throw new Error(`No subgraph ${name}.`);
        const result = await execute({
          schema,
          document,
          // What a subgraph is sent goes through JSON, and what it answers too.
          variableValues: JSON.parse(JSON.stringify(variables)) as Record<string, unknown>,
          fieldResolver: this.#resolver(name),
          typeResolver: (thing: Thing) => thing.__typename,
        });
        const answer = JSON.parse(JSON.stringify(result)) as SubgraphAnswer;
        if (this.hidesInterfaces) hideInterfaces(answer.data);
        if (faults.mangled > 0 && answer.data) this.#mangle(answer.data);
        return answer;
      };
    });

  #resolver(subgraph: string): GraphQLFieldResolver<Thing | undefined, unknown> {
    return (source, given, _, info) => {
      const { faults, seen } = this;
      const field = info.fieldName;
      if (field === '_entities') {
        const { representations } = given as { representations: readonly Readonly<Record<string, unknown>>[] };
        return representations.map((representation) => {
          const thing = this.#entityOf(representation);
          if (chance(faults.seed, 'absent', subgraph, thing.is) >= faults.absent) return thing;
          seen.absent++;
          return null;
        });
      }
      const is = source?.is ?? info.parentType.name;
      const place = [is, field, canonical(given)];
      const isKey = source !== undefined && /^(id|k1|k2|ref|code)$/.test(field);
      if (!isKey && chance(faults.seed, 'throws', subgraph, ...place) < faults.thrown)
        throw new GraphQLError('It throws.');
      if (!isKey && chance(faults.seed, 'null', subgraph, ...place) < faults.nulls) return null;
      if (source) {
        if (field === 'id') return source.is;
        if (field === 'k1') return source.n;
        if (field === 'k2') return `k${source.n}`;
        if (field === 'ref') return { __typename: 'Ref', is: `Ref:${source.n}`, n: source.n };
        if (field === 'code') return `c${source.n}`;
        if (field.startsWith('r_')) return this.#required(info.returnType, source, place);
      }
      return this.#value(info.schema, info.returnType, place);
    };
  }

  /** A field that needs others tells what it was given. */
  #required(type: GraphQLOutputType, { representation }: Thing, place: readonly string[]): unknown {
    const inner = Object.entries(representation ?? {}).filter(([name]) => !KEY.test(name));
    const told = canonical(Object.fromEntries(inner));
    if (isListType(type)) return [told, null, told];
    if (isObjectType(type)) return { __typename: type.name, is: `${place.join('/')}${told}`, n: 0 };
    return `${place.join('/')} of ${told}`;
  }

  #entityOf(representation: Readonly<Record<string, unknown>>): Thing {
    const { __typename, id, k1, k2, ref } = representation as { __typename: string; [name: string]: unknown };
    const code = (ref as { code?: unknown } | undefined)?.code;
    const digits = /(\d+)$/.exec(String(id ?? k1 ?? k2 ?? code));
    const n = Number(digits?.[1] ?? 0);
    return { __typename, is: typeof id === 'string' ? id : `${__typename}:${n}`, n, representation };
  }

  #value(schema: GraphQLSchema, type: GraphQLOutputType, place: readonly string[]): unknown {
    if (isNonNullType(type)) return this.#filled(schema, type.ofType, place);
    return chance(this.#world, 'null', ...place) < 0.12 ? null : this.#filled(schema, type, place);
  }

  #filled(schema: GraphQLSchema, type: GraphQLOutputType, place: readonly string[]): unknown {
    const at = chance(this.#world, ...place);
    if (isListType(type)) {
      const of = type.ofType as GraphQLOutputType;
      return Array.from({ length: Math.floor(at * 4) }, (_, index) => this.#value(schema, of, [...place, `${index}`]));
    }
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type);
      const chosen = possible[Math.floor(chance(this.#world, 'type', ...place) * possible.length)];
      return chosen && this.#filled(schema, chosen, place);
    }
    if (isObjectType(type)) return this.#thing(type.name, place);
    if (isEnumType(type)) return type.getValues()[Math.floor(at * type.getValues().length)]?.name;
    const number = Math.floor(at * 1_000);
    const name = (type as { name: string }).name;
    if (name === 'Json') return [number, 'text', { a: [number, null] }, [true]][number % 4];
    const leaves: Record<string, unknown> = { Int: number, Float: at, Boolean: at < 0.5, ID: `i${number}` };
    return leaves[name] ?? `${place.join('/')}:${number}`;
  }

  #thing(name: string, place: readonly string[]): Thing {
    const n = Math.floor(chance(this.#world, 'n', ...place) * COUNT);
    if (name.startsWith('E')) return { __typename: name, is: `${name}:${n}`, n };
    if (name !== 'I0') return { __typename: name, is: place.join('/'), n };
    const all = this.#implementers;
    const chosen = all[Math.floor(chance(this.#world, 'type', ...place) * all.length)] ?? '';
    return { __typename: name, is: `${chosen}:${n}`, n };
  }

  /** Puts odd values in the place of some; the same for the same values, wherever they stand and however named. */
  #mangle(data: Record<string, unknown>): void {
    const { seed, mangled } = this.faults;
    const walk = (value: unknown): unknown => {
      const what = leavesOf(value);
      if (chance(seed, 'mangled', what) < mangled) {
        this.seen.mangled++;
        const odd: readonly unknown[] = [7.5, 'odd', [], {}, [[1]], { odd: 1 }, true, null];
        return odd[Math.floor(chance(seed, 'odd', what) * odd.length)];
      }
      if (Array.isArray(value)) return value.map(walk);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, name === TYPE_ALIAS ? each : walk(each)]),
      );
    };
    for (const [name, value] of Object.entries(data)) {
      const result = name === '_entities' && Array.isArray(value) ? value.map(walk) : walk(value);
      Object.defineProperty(data, name, { value: result, enumerable: true, configurable: true, writable: true });
    }
  }
}

function hideInterfaces(data: SubgraphAnswer['data']): void {
  const entities = (data?.['_entities'] ?? []) as readonly (Record<string, unknown> | null)[];
  for (const entity of entities) if (entity?.['__typename'] === 'I0') delete entity['__typename'];
}

/** An operation as it is whatever its fields are called. */
function withoutAliases(document: DocumentNode): string {
  return print(visit(document, { Field: (field) => ({ ...field, alias: undefined }) }));
}

function leavesOf(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `[${Object.values(value).map(leavesOf).join()}]`
    : JSON.stringify(value);
}

/** JSON with fields in the order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
