// The shop's subgraphs as Apollo's documentation builds them, behind one port: apollo-subgraphs.mjs PORT
import { createServer } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { shop } from '../shop/schemas.ts';

const servers = new Map();
for (const { name, typeDefs, resolvers } of shop) {
  const server = new ApolloServer({ schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers }]) });
  await server.start();
  servers.set(`/${name}`, server);
}

async function answer(request, reply) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
  const {
    status,
    headers: own,
    body,
  } = await servers.get(request.url).executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: 'POST', headers, search: '', body: JSON.parse(Buffer.concat(chunks)) },
    context: async () => ({}),
  });
  reply.writeHead(status ?? 200, Object.fromEntries(own)).end(body.string);
}

const server = createServer((request, reply) => {
  answer(request, reply).catch((error) => reply.writeHead(500).end(String(error)));
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
