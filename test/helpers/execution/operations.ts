import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  parse,
  validate,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { pick, type Draw } from './draw.ts';

/** An operation, and its variables with the types and whether they have defaults. */
export interface DrawnOperation {
  readonly query: string;
  readonly variables: readonly {
    readonly name: string;
    readonly type: GraphQLInputType;
    readonly hasDefault: boolean;
  }[];
}

const ALIASES = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'x', 'y', 'id', 'f0', 'label'];
/** Those of them that are names of fields, too. */
const LIKE_FIELDS = /\b(id|f0|label|x|y): /g;

const MAX_DEPTH = 5;

/** Where every object that can be of several types tells which one it is of. */
export const TYPE_ALIAS = 'its_type';

/**
 * The operation with other aliases in the place of those that are names of fields, for `@apollo/gateway` takes the ones
 * for the others where a plan needs both.
 */
export function withClearAliases(query: string): string {
  return query.replaceAll(LIKE_FIELDS, 'clear_$1: ');
}

/** An answer to it, as one to the original. */
export function withGivenAliases<Value>(answer: Value): Value {
  return JSON.parse(JSON.stringify(answer ?? null).replaceAll(/"clear_(id|f0|label|x|y)"/g, '"$1"')) as Value;
}

/** Draws a valid operation. Aliases that collide are drawn too, so that some have to be drawn anew without. */
export function drawOperation(draw: Draw, schema: GraphQLSchema): DrawnOperation {
  const first = new OperationDrawer(draw, schema, true).operation();
  if (validate(schema, parse(first.query)).length === 0) return first;
  const plain = new OperationDrawer(draw, schema, false).operation();
  const [misfit] = validate(schema, parse(plain.query));
  if (misfit) throw new Error(`${misfit.message}\n${plain.query}`);
  return plain;
}

class OperationDrawer {
  readonly #draw: Draw;
  readonly #schema: GraphQLSchema;
  readonly #isFree: boolean;
  readonly #fragments: { readonly name: string; readonly on: GraphQLCompositeType; text: string }[] = [];
  readonly #variables = new Map<
    string,
    { readonly type: GraphQLInputType; readonly declared: string; hasDefault: boolean }
  >();
  #left = 30;

  constructor(draw: Draw, schema: GraphQLSchema, isFree: boolean) {
    this.#draw = draw;
    this.#schema = schema;
    this.#isFree = isFree;
  }

  operation(): DrawnOperation {
    const mutation = this.#schema.getMutationType();
    const isMutation = mutation && this.#draw(10) === 9;
    const root = isMutation ? mutation : this.#schema.getQueryType();
    if (!root) throw new Error('No queries.');
    const body = this.#selectionSet(root, 0);
    const declared = [...this.#variables].map(([name, each]) => `$${name}: ${each.declared}`).join(', ');
    const head = `${isMutation ? 'mutation' : 'query'} Drawn${declared === '' ? '' : `(${declared})`}`;
    const fragments = this.#fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`);
    const variables = [...this.#variables].map(([name, { type, hasDefault }]) => ({ name, type, hasDefault }));
    return { query: [`${head} ${body}`, ...fragments].join('\n'), variables };
  }

  #selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#draw(depth === 0 ? 4 : 5);
    const selections: string[] = [];
    for (let index = 0; index < count; index++) {
      if (index > 0 && this.#left <= 0) break;
      this.#left--;
      selections.push(this.#selection(type, depth));
    }
    return `{ ${selections.filter((each) => each !== '').join(' ') || '__typename'} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const kind = this.#draw(isAbstractType(type) ? 12 : 9);
    if (kind < 6) return this.#field(type, depth);
    if (kind === 6) return `${this.#alias()}__typename${this.#switch()}`;
    if (kind === 7) return this.#spread(type, depth);
    if (kind === 8) return `...${this.#switch()} ${this.#selectionSet(type, depth + 1)}`;
    const on = this.#overlapping(type);
    return `... on ${on.name}${this.#switch()} ${this.#selectionSet(on, depth + 1)}`;
  }

  #field(type: GraphQLCompositeType, depth: number): string {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    if (fields.length === 0) {
      const on = this.#overlapping(type);
      return depth >= MAX_DEPTH ? '__typename' : `... on ${on.name} ${this.#selectionSet(on, depth + 1)}`;
    }
    const field = pick(this.#draw, fields);
    const inner = getNamedType(field.type);
    if (isCompositeType(inner) && depth >= MAX_DEPTH) return '__typename';
    const body = isCompositeType(inner) ? this.#body(inner, depth + 1) : '';
    const alias = this.#isFree ? this.#alias() : `${type.name}_${field.name}: `;
    return `${alias}${field.name}${this.#arguments(field.args)}${this.#switch()}${body}`;
  }

  #body(type: GraphQLCompositeType, depth: number): string {
    const set = this.#selectionSet(type, depth);
    return isAbstractType(type) ? ` { ${TYPE_ALIAS}: __typename ... ${set} }` : ` ${set}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const fits = this.#fragments.filter(({ on, text }) => on === type && text !== '');
    if (fits.length > 0 && this.#draw(2) === 0) return `...${pick(this.#draw, fits).name}${this.#switch()}`;
    const on = isAbstractType(type) && this.#draw(2) === 0 ? this.#overlapping(type) : type;
    const fragment = { name: `F${this.#fragments.length}`, on, text: '' };
    this.#fragments.push(fragment);
    fragment.text = this.#selectionSet(on, depth + 1);
    return `...${fragment.name}${this.#switch()}`;
  }

  /** A type some of whose objects can be of the given type as well. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const possible = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const chosen = possible[this.#draw(possible.length)] ?? type;
    if (this.#draw(4) > 0) return chosen;
    const wider = Object.values(this.#schema.getTypeMap()).filter(
      (each) => isAbstractType(each) && this.#schema.isSubType(each, chosen as never),
    ) as GraphQLCompositeType[];
    return wider.length > 0 ? pick(this.#draw, wider) : chosen;
  }

  #alias(): string {
    return this.#isFree && this.#draw(4) === 3 ? `${pick(this.#draw, ALIASES)}: ` : '';
  }

  #switch(): string {
    if (this.#draw(6) < 5) return '';
    const name = `on${this.#draw(3)}`;
    const directive = this.#draw(2) === 0 ? 'include' : 'skip';
    if (this.#draw(5) === 4) return ` @${directive}(if: ${this.#draw(2) === 0})`;
    this.#declare(name, 'Boolean!', this.#schema.getType('Boolean') as GraphQLInputType, ['true', 'false']);
    return ` @${directive}(if: $${name})`;
  }

  #arguments(known: readonly GraphQLArgument[]): string {
    if (!this.#isFree || known.length === 0) return '';
    const given = known.flatMap((each) => {
      if (this.#draw(2) === 0) return [];
      if (this.#draw(2) === 0) return [`${each.name}: ${this.#literal(each.type, 0)}`];
      const name = `${each.name}${this.#draw(2)}${String(each.type).replaceAll(/\W/g, '')}`;
      const inner = isNonNullType(each.type) ? each.type.ofType : each.type;
      this.#declare(name, String(each.type), inner, [this.#literal(inner, 0)]);
      return [`${each.name}: $${name}`];
    });
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  #declare(name: string, type: string, inner: GraphQLInputType, defaults: readonly string[]): void {
    if (this.#variables.has(name)) return;
    const hasDefault = this.#draw(2) === 1;
    const declared = hasDefault ? `${type} = ${pick(this.#draw, defaults)}` : type;
    const isNonNull = type.endsWith('!');
    // A value is drawn of the type without its `!`: null would not be one.
    this.#variables.set(name, { type: isNonNull ? ({ nonNull: inner } as never) : inner, declared, hasDefault });
  }

  #literal(type: GraphQLInputType, depth: number): string {
    const draw = this.#draw;
    if (isNonNullType(type)) return this.#literal(type.ofType, depth);
    if (isListType(type)) {
      const of = type.ofType;
      return `[${Array.from({ length: draw(3) }, () => this.#literal(of, depth)).join(', ')}]`;
    }
    if (isEnumType(type)) return pick(draw, type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (each) => draw(2) === 0 && (each.type !== type || depth < 2),
      );
      return `{ ${fields.map((each) => `${each.name}: ${this.#literal(each.type, depth + 1)}`).join(', ')} }`;
    }
    return type.name === 'Int' ? `${draw(5)}` : `"${pick(draw, ['', 'a', 'b"'.slice(0, 1)])}"`;
  }
}

/** Draws values for an operation's variables; those that may be are sometimes left out or null. */
export function drawVariables(draw: Draw, { variables }: DrawnOperation): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type, hasDefault } of variables) {
    const required = (type as { nonNull?: GraphQLInputType }).nonNull;
    if (hasDefault && draw(2) === 0) continue;
    if (!required && !hasDefault && draw(4) === 0) continue;
    values[name] = !required && draw(4) === 0 ? null : drawValue(draw, required ?? type, 0);
  }
  return values;
}

function drawValue(draw: Draw, type: GraphQLInputType, depth: number): unknown {
  if (isNonNullType(type)) return drawValue(draw, type.ofType, depth);
  if (isListType(type)) {
    return Array.from({ length: draw(3) }, () => drawValue(draw, type.ofType, depth));
  }
  if (isEnumType(type)) return pick(draw, type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((each) => draw(2) === 0 && (each.type !== type || depth < 2));
    return Object.fromEntries(fields.map((each) => [each.name, drawValue(draw, each.type, depth + 1)]));
  }
  if (type.name === 'Boolean') return draw(2) === 0;
  return type.name === 'Int' ? draw(5) : pick(draw, ['', 'a', 'ü"\\']);
}
