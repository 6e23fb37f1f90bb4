import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { shop } from './schemas.ts';

/** The composed schema of the shop. @param base where its subgraphs are, each at `/<name>` of it */
export function shopSupergraph(base: string): string {
  const services = shop.map(({ name, typeDefs }) => ({ name, url: `${base}/${name}`, typeDefs: parse(typeDefs) }));
  const { errors, supergraphSdl } = composeServices(services);
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
