import { createApp } from '../../../../gateway/app.ts';
import { loadConfig } from '../../../../gateway/config/load.ts';
import { documents } from '../../../../subgraphs/documents/index.ts';
import { Database } from '../../../../subgraphs/kit/store/database.ts';
import type { Subgraph } from '../../../../subgraphs/kit/subgraph.ts';
import { subgraphs } from '../../../../subgraphs/registry.ts';
import { shopService } from '../shop/executors.ts';
import { shop } from '../shop/schemas.ts';

// Atrium with the shop's subgraphs in its own process, as its own three are: atrium-shop.ts PORT CONFIG. They are
// added to the list of those there are; all the rest is the app as `atrium start` builds it. Each has a store, which
// is empty, but asked for its version with every operation as any store is.
const [, , port, file] = process.argv;
for (const each of shop) {
  const subgraph = {
    name: each.name,
    connectors: [],
    prepareStore: (path: string) => documents.prepareStore(path),
    openService: (path: string) => shopService(each, Database.openReader(path)),
  };
  (subgraphs as Subgraph[]).push(subgraph as unknown as Subgraph);
}
const config = await loadConfig({ file, env: process.env, cwd: process.cwd() });
const areas = Object.fromEntries(shop.map(({ name }) => [name, { sources: [] }]));
const app = await createApp({ ...config, ...areas });
await app.http.listen({ host: '127.0.0.1', port: Number(port) });
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
