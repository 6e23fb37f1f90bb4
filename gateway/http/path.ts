import type { FastifyRequest } from 'fastify';

/** The path of a request's address, without its parameters. */
export function pathOf({ url }: FastifyRequest): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/**
 * Whether a request is for what is served there. The router takes more spellings of an address than one, such as
 * `/%67raphql`: its word counts, and the address itself only where it found nothing.
 */
export function isFor(request: FastifyRequest, address: string): boolean {
  return request.is404 ? pathOf(request) === address : request.routeOptions.url === address;
}

/** The parameters of a request's address, with their `?`; read off as they stand, for the `Host` can be anything. */
export function searchOf({ url }: FastifyRequest): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}
