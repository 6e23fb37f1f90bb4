import {
  getNamedType,
  Kind,
  parse,
  print,
  valueFromASTUntyped,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { isInterfaceType, isObjectType } from 'graphql';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';

/** The directives that say who may have what (https://specs.apollo.dev/authenticated/, …/requiresScopes/). */
const AUTHENTICATED = 'https://specs.apollo.dev/authenticated/v0.1';
const REQUIRES_SCOPES = 'https://specs.apollo.dev/requiresScopes/v0.1';

/** One of these lists of scopes has to be there as a whole. */
type Alternatives = readonly (readonly string[])[];

/** What somebody has to be, or have, for a field. */
interface Requirement {
  readonly place: string;
  /** Undefined for: be signed in. */
  readonly scopes: Alternatives | undefined;
}

/** What of a schema somebody may not have. */
export interface Access {
  /** Equal for all who may have the same; empty for those who may have all. */
  readonly key: string;
  /** Why a field is refused, in a sentence; undefined when it is not. */
  refusal(type: string, field: string): string | undefined;
}

/** Who may have what, as a supergraph has it. */
export class AccessRules {
  /** Every scope that anything asks for. */
  readonly scopes: readonly string[];
  readonly #schema: GraphQLSchema;
  readonly #requirements: readonly Requirement[];
  readonly #accesses = new Map<string, Access>();

  constructor(supergraph: DocumentNode, schema: GraphQLSchema) {
    this.#schema = schema;
    this.#requirements = readRequirements(supergraph);
    this.scopes = scopesOf(this.#requirements);
  }

  /** What a viewer may have. */
  accessOf(viewer: Viewer): Access {
    const held = new Set(viewer.scopes);
    const isSignedIn = viewer.person !== null || viewer.service !== undefined || viewer.signedIn === true;
    const unmet = this.#requirements.flatMap((requirement, index) =>
      isMet(requirement, held, isSignedIn) ? [] : [index],
    );
    const key = unmet.join(' ');
    let access = this.#accesses.get(key);
    if (!access) {
      access = this.#access(key, unmet);
      // Scopes come from outside: their combinations are many where a schema has many.
      if (this.#accesses.size >= 1_000) this.#accesses.clear();
      this.#accesses.set(key, access);
    }
    return access;
  }

  #access(key: string, unmet: readonly number[]): Access {
    const refused = new Map<string, Requirement>();
    for (const index of unmet) {
      const requirement = this.#requirements[index]!;
      if (!refused.has(requirement.place)) refused.set(requirement.place, requirement);
    }
    return {
      key,
      refusal: (typeName, field) => {
        if (refused.size === 0) return undefined;
        const type = this.#schema.getType(typeName);
        const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
        const places = [`${typeName}.${field}`, typeName, ...(definition ? [getNamedType(definition.type).name] : [])];
        const found = places.map((place) => refused.get(place)).find((requirement) => requirement !== undefined);
        return found && sentenceFor(`${typeName}.${field}`, found);
      },
    };
  }
}

/** Every scope that anything in a supergraph asks for. */
export function scopesIn(supergraphSdl: string): readonly string[] {
  return scopesOf(readRequirements(parse(supergraphSdl, { noLocation: true })));
}

/**
 * The supergraph as `@apollo/gateway` takes it: it refuses these two directives, for it does not enforce them. We do.
 * Others that are there for security it goes on refusing.
 */
export function withoutEnforcedLinks(supergraphSdl: string): string {
  const document = parse(supergraphSdl, { noLocation: true });
  if (directiveNames(document).size === 0) return supergraphSdl;
  const changed = visit(document, {
    Directive(node) {
      const url = argumentOf(node as ConstDirectiveNode, 'url');
      if (node.name.value !== 'link' || (url !== AUTHENTICATED && url !== REQUIRES_SCOPES)) return undefined;
      return { ...node, arguments: (node.arguments ?? []).filter(({ name }) => name.value !== 'for') };
    },
  });
  return print(changed);
}

function isMet({ scopes }: Requirement, held: ReadonlySet<string>, isSignedIn: boolean): boolean {
  return scopes ? scopes.some((all) => all.every((scope) => held.has(scope))) : isSignedIn;
}

function sentenceFor(place: string, { scopes }: Requirement): string {
  if (!scopes) return `"${place}" is for those who are signed in.`;
  const lists = scopes.map((all) => all.join(' and '));
  return `"${place}" needs the scope ${lists.join(', or ')}.`;
}

function scopesOf(requirements: readonly Requirement[]): readonly string[] {
  return [...new Set(requirements.flatMap(({ scopes }) => (scopes ?? []).flat()))].toSorted();
}

function readRequirements(supergraph: DocumentNode): Requirement[] {
  const names = directiveNames(supergraph);
  if (names.size === 0) return [];
  const requirements: Requirement[] = [];
  const read = (place: string, directives: readonly ConstDirectiveNode[] = []): void => {
    for (const directive of directives) {
      const url = names.get(directive.name.value);
      if (url === AUTHENTICATED) requirements.push({ place, scopes: undefined });
      if (url === REQUIRES_SCOPES)
        requirements.push({ place, scopes: argumentOf(directive, 'scopes') as Alternatives });
    }
  };
  for (const definition of supergraph.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue;
    const type = definition.name.value;
    if (definition.kind === Kind.FRAGMENT_DEFINITION || definition.kind === Kind.OPERATION_DEFINITION) continue;
    read(type, definition.directives);
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) read(`${type}.${field.name.value}`, field.directives);
  }
  return requirements;
}

/** What the directives are called in this supergraph: a link may give them other names. */
function directiveNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const url = argumentOf(directive, 'url');
      if (directive.name.value !== 'link' || (url !== AUTHENTICATED && url !== REQUIRES_SCOPES)) continue;
      const own = url === AUTHENTICATED ? 'authenticated' : 'requiresScopes';
      const as = argumentOf(directive, 'as');
      names.set(typeof as === 'string' ? as : own, url);
      for (const each of (argumentOf(directive, 'import') ?? []) as (string | { name?: string; as?: string })[]) {
        const { name, as: other = name } = typeof each === 'string' ? { name: each } : each;
        if (name === `@${own}` && other) names.set(other.slice(1), url);
      }
    }
  }
  return names;
}

function argumentOf(directive: ConstDirectiveNode, name: string): unknown {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value && valueFromASTUntyped(value);
}
