import { pick, some, type Draw } from './draw.ts';

/** Schemas of subgraphs that are meant to fit together, by name. */
export type Schemas = Readonly<Record<string, string>>;

/** What every schema begins with. */
export const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable",
  "@provides", "@requires", "@external", "@override", "@inaccessible", "@interfaceObject"])\n`;

const COMMON = `
scalar Json
enum Color { RED GREEN BLUE }
input In { a: Int = 1, b: String, c: [Color!] = [GREEN], d: In }
type V0 @shareable { x: Int, y: String!, color: Color, any: Json, grid: [[Int!]!] }
type V1 @shareable { inner: V0, must: V0!, all: [V0!], n: Float! }
type Ref @shareable { code: ID! }
`;
const LEAVES = ['Int', 'String', 'Boolean', 'Float', 'ID', 'Color', 'Json'];
const WRAPS = ['T', 'T!', 'T', '[T]', '[T!]', '[T!]!', '[[T]]', '[[T!]!]'];
const ARGUMENTS = [
  '(a: Int = 3)',
  '(a: Int, text: String = "t")',
  '(colors: [Color!] = [RED], in: In)',
  '(in: In = { a: 2 }, must: Int! = 5)',
];

/** Ways an entity is known by: fields, and the key directives each of which a subgraph has some of. */
const KEYS = {
  single: { fields: 'id: ID!', keys: ['id'] },
  composite: { fields: 'k1: Int! k2: String!', keys: ['k1 k2'] },
  nested: { fields: 'ref: Ref!', keys: ['ref { code }'] },
  several: { fields: 'id: ID! k1: Int! k2: String!', keys: ['id', 'k1 k2'] },
} as const;

/** A type's fields as one subgraph has them: definition by field name. */
type Fields = Map<string, string>;

interface Entity {
  readonly name: string;
  readonly way: keyof typeof KEYS;
  /** Fields by subgraph. */
  readonly parts: Map<string, { keys: readonly string[]; fields: Fields; implemented: string[] }>;
  /** Leaf fields without arguments that one subgraph alone has: they can be required or provided. */
  readonly plain: { readonly name: string; readonly type: string; readonly owner: string }[];
}

/** Draws schemas of two to four subgraphs with all that federation has. Some do not compose. */
export function drawSchemas(draw: Draw): Schemas {
  const names = ['alpha', 'beta', 'gamma', 'delta'].slice(0, 2 + draw(3));
  const entities = Array.from({ length: 2 + draw(3) }, (_, index) => drawEntity(draw, `E${index}`, names));
  const hasInterfaceObject = names.length > 2 && draw(3) === 0;
  const faces = drawInterface(draw, names, entities, hasInterfaceObject);
  const unions = new Map<string, string[]>();
  for (const name of names) {
    const members = entities.filter(({ parts }) => parts.has(name)).map((each) => each.name);
    if (draw(2) === 0) unions.set(name, [...some(draw, members), 'V0', 'V1']);
  }
  const typesIn = (subgraph: string): string[] => [
    ...entities.filter(({ parts }) => parts.has(subgraph)).map(({ name }) => name),
    'V0',
    'V1',
    ...(unions.has(subgraph) ? ['U0'] : []),
    ...(faces.has(subgraph) ? ['I0'] : []),
  ];
  for (const entity of entities) drawFields(draw, entity, typesIn);
  for (const entity of entities) drawRequires(draw, entity);
  const roots = new Map(names.map((name) => [name, drawRoots(draw, name, typesIn(name), entities)]));
  return Object.fromEntries(
    names.map((name) => {
      const here = entities.filter(({ parts }) => parts.has(name));
      const lines = [COMMON, ...here.map((entity) => typeOf(entity, name)), faces.get(name) ?? ''];
      const union = unions.get(name);
      if (union) lines.push(`union U0 = ${union.join(' | ')}`);
      lines.push(`type Query {\n  ${roots.get(name)?.join('\n  ')}\n}`);
      if (here[0] && draw(2) === 0) lines.push(`type Mutation { do_${name}(a: Int = 1): ${here[0].name} }`);
      return [name, lines.join('\n')];
    }),
  );
}

function drawRoots(draw: Draw, name: string, types: readonly string[], entities: readonly Entity[]): string[] {
  const roots = ['shared: V1 @shareable'];
  for (const [index, type] of types.entries()) {
    if (index > 0 && draw(4) === 0) continue;
    const entity = entities.find((each) => each.name === type);
    const provided = entity ? drawProvides(draw, entity, name) : '';
    roots.push(`${name}${index}${drawArguments(draw)}: ${wrap(draw, type)}${provided}`);
  }
  return roots;
}

function drawEntity(draw: Draw, name: string, names: readonly string[]): Entity {
  const way = pick(draw, Object.keys(KEYS) as (keyof typeof KEYS)[]);
  const at = draw(names.length);
  const inIt = names.filter((_, index) => index === at || draw(4) > 0);
  const { keys } = KEYS[way];
  const parts = new Map(
    inIt.map((subgraph, index) => {
      const known = index === 0 ? keys : [keys[draw(keys.length)] as string];
      return [subgraph, { keys: known, fields: new Map<string, string>(), implemented: [] as string[] }];
    }),
  );
  return { name, way, parts, plain: [] };
}

/** An interface that differs from subgraph to subgraph; or an entity interface with a subgraph that knows no more. */
function drawInterface(
  draw: Draw,
  names: readonly string[],
  entities: readonly Entity[],
  hasInterfaceObject: boolean,
): Map<string, string> {
  const faces = new Map<string, string>();
  const [home = ''] = names;
  const last = names.at(-1) ?? '';
  const byId = entities.filter(({ parts }) => parts.get(home)?.keys.includes('id'));
  const implementers = hasInterfaceObject ? byId.filter(({ parts }) => !parts.has(last)) : byId;
  if (implementers.length === 0) return faces;
  const homes = hasInterfaceObject
    ? [home]
    : [
        home,
        ...names.slice(1).filter((name) => implementers.every(({ parts }) => parts.get(name)?.keys.includes('id'))),
      ];
  const hasView = draw(2) === 0;
  for (const name of homes) {
    const fields = ['id: ID!', 'label(a: Int = 7): String', ...(hasView ? ['view: V0'] : [])];
    faces.set(name, `interface I0 ${hasInterfaceObject ? '@key(fields: "id")' : ''} { ${fields.join('\n')} }`);
    for (const { parts } of implementers) {
      const part = parts.get(name);
      part?.implemented.push('I0');
      part?.fields.set('label', 'label(a: Int = 7): String @shareable');
      if (hasView) part?.fields.set('view', 'view: V0 @shareable');
    }
  }
  if (hasInterfaceObject) {
    const extra = `io0: String io1: [Int!] io2: ${wrap(draw, 'V0')}`;
    faces.set(last, `type I0 @key(fields: "id") @interfaceObject { id: ID! ${extra} }`);
  }
  return faces;
}

function drawFields(draw: Draw, entity: Entity, typesIn: (subgraph: string) => readonly string[]): void {
  const owners = [...entity.parts.keys()];
  for (let index = 0; index < 3 + draw(4); index++) {
    const owner = pick(draw, owners);
    const name = `f${index}`;
    const isLeaf = draw(3) > 0;
    const type = wrap(draw, isLeaf ? pick(draw, LEAVES) : pick(draw, typesIn(owner)));
    const given = draw(3) === 0 ? pick(draw, ARGUMENTS) : '';
    const hidden = isLeaf && draw(8) === 0 ? ' @inaccessible' : '';
    const put = (subgraph: string, directives: string) =>
      entity.parts.get(subgraph)?.fields.set(name, `${name}${given}: ${type}${hidden}${directives}`);
    const other = owners.find((each) => each !== owner);
    if (isLeaf && other !== undefined && draw(5) === 0) {
      put(owner, ' @shareable');
      put(other, ' @shareable');
    } else if (isLeaf && other !== undefined && draw(6) === 0) {
      put(owner, '');
      put(other, ` @override(from: "${owner}")`);
    } else {
      put(owner, '');
      if (isLeaf && given === '') entity.plain.push({ name, type, owner });
    }
    if (!isLeaf && /^\[?V[01]/.test(type) && given === '') entity.plain.push({ name, type, owner });
  }
}

/** Fields that need others, of subgraphs elsewhere. */
function drawRequires(draw: Draw, entity: Entity): void {
  for (const [subgraph, { fields }] of entity.parts) {
    const foreign = entity.plain.filter(({ owner, name }) => owner !== subgraph && !fields.has(name));
    const needed = some(draw, foreign).slice(0, 3);
    if (needed.length === 0) continue;
    const selections = needed.map(({ name, type }) => {
      if (type.includes('V0')) return `${name} { x y }`;
      return type.includes('V1') ? `${name} { n must { x } }` : name;
    });
    for (const { name, type } of needed) fields.set(name, `${name}: ${type} @external`);
    const result = pick(draw, ['String', 'String!', 'V0', '[String]']);
    fields.set(`r_${subgraph}`, `r_${subgraph}(a: Int = 2): ${result} @requires(fields: "${selections.join(' ')}")`);
  }
}

/** Sometimes a field provides another's, which then is shared. */
function drawProvides(draw: Draw, entity: Entity, subgraph: string): string {
  const here = entity.parts.get(subgraph)?.fields;
  const foreign = entity.plain.find(
    ({ owner, name, type }) =>
      owner !== subgraph && !/V[01]/.test(type) && (here?.get(name) ?? '@external').includes('@external'),
  );
  const there = foreign && entity.parts.get(foreign.owner)?.fields;
  const definition = there?.get(foreign?.name ?? '');
  if (!here || !foreign || !there || definition === undefined || draw(2) === 0) return '';
  here.set(foreign.name, `${foreign.name}: ${foreign.type} @external`);
  if (!definition.includes('@shareable')) there.set(foreign.name, `${definition} @shareable`);
  return ` @provides(fields: "${foreign.name}")`;
}

function typeOf({ name, way, parts }: Entity, subgraph: string): string {
  const part = parts.get(subgraph);
  if (!part) return '';
  const keyed = part.keys.map((key) => `@key(fields: "${key}")`).join(' ');
  const keyFields = (KEYS[way].fields.match(/\w+: \w+!/g) ?? []).filter((field) =>
    part.keys.some((key) => key.split(/\W+/).includes(field.split(':')[0] ?? '')),
  );
  const implemented = part.implemented.length > 0 ? `implements ${part.implemented.join(' & ')}` : '';
  return `type ${name} ${implemented} ${keyed} {\n  ${[...keyFields, ...part.fields.values()].join('\n  ')}\n}`;
}

function drawArguments(draw: Draw): string {
  return draw(3) === 0 ? pick(draw, ARGUMENTS) : '';
}

function wrap(draw: Draw, type: string): string {
  return pick(draw, WRAPS).replace('T', type);
}
