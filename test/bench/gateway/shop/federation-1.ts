import { Kind, parse, print, visit } from 'graphql';

/** Where in the shop a type is at home: Federation 1 has one such place, all others extend it. */
const HOMES: Readonly<Record<string, string>> = { User: 'accounts', Product: 'products', Review: 'reviews' };

/** A schema of the shop as Federation 1 writes it, for gateways that know no other. */
export function inFederation1(name: string, typeDefs: string): string {
  const document = visit(parse(typeDefs), {
    SchemaExtension: () => null,
    Directive: (directive) => (directive.name.value === 'shareable' ? null : undefined),
    ObjectTypeDefinition(type) {
      if (HOMES[type.name.value] === name) return undefined;
      const keys = type.directives?.flatMap(({ arguments: given }) =>
        given?.flatMap(({ value }) => (value.kind === Kind.STRING ? value.value.split(' ') : [])),
      );
      const fields = type.fields?.map((field) =>
        keys?.includes(field.name.value) === true ? { ...field, directives: [EXTERNAL] } : field,
      );
      return { ...type, ...(fields && { fields }), kind: Kind.OBJECT_TYPE_EXTENSION };
    },
  });
  return print(document);
}

const EXTERNAL = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'external' } } as const;
