import { loadConfig } from '../../../../gateway/config/load.ts';
import { openSubgraph } from '../../../../gateway/local-subgraphs.ts';
import { createLog } from '../../../../gateway/log.ts';
import { subgraphs } from '../../../../subgraphs/registry.ts';
import { serveSubgraphs } from './subgraph-server.ts';

// Our subgraphs over stores that are filled, unsigned: company.ts PORT CONFIG
const [, , port, file] = process.argv;
const config = await loadConfig({ file, env: process.env, cwd: process.cwd() });
const log = createLog(config.log);
const executors = new Map(subgraphs.map((subgraph) => [subgraph.name, openSubgraph(config, subgraph, log)]));
for (const { service } of executors.values()) service.warm();
serveSubgraphs(executors, Number(port), false);
