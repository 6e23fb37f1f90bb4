import { shopExecutors } from '../shop/executors.ts';
import { serveSubgraphs } from './subgraph-server.ts';

// The shop's subgraphs in a process of their own. shop.ts PORT replay: to measure gateways; PORT jit: whole systems.
const [, , port, mode] = process.argv;
serveSubgraphs(shopExecutors(), Number(port), mode === 'replay');
