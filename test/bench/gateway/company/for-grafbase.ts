import { Kind, parse, print, visit, type DirectiveNode, type TypeNode } from 'graphql';

const INACCESSIBLE: DirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'inaccessible' } };

/** A type that each subgraph has a field of its own in; Grafbase wants all in each, and nobody asks for it here. */
const UNASKED = 'Sources';

/** A schema as Grafbase composes it: whatever is of a type that clients do not see says itself that they do not. */
export function forGrafbase(typeDefs: string): string {
  const document = visit(parse(typeDefs), {
    FieldDefinition: ({ type }) => (nameOf(type) === UNASKED ? null : undefined),
    ObjectTypeDefinition: ({ name }) => (name.value === UNASKED ? null : undefined),
    ObjectTypeExtension: ({ name }) => (name.value === UNASKED ? null : undefined),
  });
  const hidden = new Set<string>();
  const note = (node: { name: { value: string }; directives?: readonly DirectiveNode[] | undefined }) => {
    if (isHidden(node)) hidden.add(node.name.value);
  };
  visit(document, { ObjectTypeDefinition: note, InputObjectTypeDefinition: note, EnumTypeDefinition: note });
  const mark = <Node extends { type: TypeNode; directives?: readonly DirectiveNode[] | undefined }>(node: Node) =>
    hidden.has(nameOf(node.type)) && !isHidden(node)
      ? { ...node, directives: [...(node.directives ?? []), INACCESSIBLE] }
      : undefined;
  return print(visit(document, { FieldDefinition: { leave: mark }, InputValueDefinition: { leave: mark } }));
}

function isHidden({ directives }: { directives?: readonly DirectiveNode[] | undefined }): boolean {
  return directives?.some(({ name }) => name.value === 'inaccessible') === true;
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}
