import type { FastifyServerOptions } from 'fastify';

const none = (): never => {
  throw new Error('No route here has a JSON schema.');
};

/** For Fastify, which else loads a compiler of JSON schemas, a hundred files, that no route of ours needs. */
export const WITHOUT_SCHEMAS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: none, buildSerializer: none },
};
