import type { FastifyInstance } from 'fastify';
import type { App, AppDeps } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { MisbehavingSubgraph } from '../servers/misbehaving-subgraph.ts';
import { smallCompany, type Company } from './company.ts';

/** What gateway and subgraphs share in these tests. */
export const SECRET = 'a secret of at least 16 characters';

/** What one of these tests has of its own in `limits.subgraph`. */
export type Limits = Partial<Config['limits']['subgraph']>;

/** A gateway, and before each of its subgraphs a server that misbehaves on order. */
export interface Fronted {
  readonly app: App;
  readonly fronts: Readonly<Record<SubgraphName, MisbehavingSubgraph>>;
}

/** A small company whose subgraphs are served over HTTP. */
export class FrontedCompany {
  readonly company: Company;
  readonly #servers: ReadonlyMap<string, { readonly http: FastifyInstance; readonly url: string }>;
  readonly #fronts: MisbehavingSubgraph[] = [];

  private constructor(company: Company, servers: ReadonlyMap<string, { http: FastifyInstance; url: string }>) {
    this.company = company;
    this.#servers = servers;
  }

  static async open(): Promise<FrontedCompany> {
    const company = await smallCompany();
    await company.sync();
    const log = createLog({ level: 'silent', format: 'json' });
    const servers = new Map<string, { http: FastifyInstance; url: string }>();
    for (const subgraph of subgraphs) {
      const executor = openSubgraph(company.config, subgraph, log);
      const http = createSubgraphServer({ name: subgraph.name, executor, secret: SECRET, log });
      http.addHook('onClose', async () => executor.service.close());
      servers.set(subgraph.name, { http, url: await http.listen({ host: '127.0.0.1', port: 0 }) });
    }
    return new FrontedCompany(company, servers);
  }

  /** A gateway that reaches its subgraphs by way of servers that misbehave on order, with limits of its own. */
  async gateway(
    limits: Limits = {},
    operationMs = 1_000,
    change: Partial<Config> = {},
    deps: AppDeps = {},
  ): Promise<Fronted> {
    const [directory, documents, forum] = await Promise.all([
      this.#front('directory'),
      this.#front('documents'),
      this.#front('forum'),
    ]);
    const { config } = this.company;
    const at = ({ url }: MisbehavingSubgraph) => ({ url, sources: [] });
    const app = await this.company.open(
      {
        directory: at(directory),
        documents: at(documents),
        forum: at(forum),
        subgraphSecret: SECRET,
        log: { level: 'silent', format: 'json' },
        cache: { ...config.cache, answerSeconds: 0 },
        limits: { ...config.limits, operationMs, subgraph: { ...config.limits.subgraph, ...limits } },
        ...change,
      },
      deps,
    );
    return { app, fronts: { directory, documents, forum } };
  }

  async close(): Promise<void> {
    await this.company.close();
    for (const front of this.#fronts) await front[Symbol.asyncDispose]();
    for (const { http } of this.#servers.values()) await http.close();
  }

  async #front(name: SubgraphName): Promise<MisbehavingSubgraph> {
    const front = await MisbehavingSubgraph.start(this.#servers.get(name)?.url ?? '');
    this.#fronts.push(front);
    return front;
  }
}
