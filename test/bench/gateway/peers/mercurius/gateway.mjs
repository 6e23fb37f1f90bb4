// Mercurius as a gateway: gateway.mjs SERVICES PORT, where SERVICES is a JSON file with names, addresses and schemas.
import { readFileSync } from 'node:fs';
import mercuriusGateway from '@mercuriusjs/gateway';
import Fastify from 'fastify';

const services = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const app = Fastify();
app.register(mercuriusGateway, {
  jit: 1,
  gateway: {
    services: services.map((service) => ({
      ...service,
      connections: 50,
      rewriteHeaders: ({ authorization } = {}) => (authorization === undefined ? {} : { authorization }),
    })),
  },
});
await app.listen({ port: Number(process.argv[3]), host: '127.0.0.1' });
