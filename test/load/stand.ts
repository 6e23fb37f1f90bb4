import { FrontedCompany, SECRET, type Fronted } from '../helpers/misbehaving.ts';
import { startProgram, type Program } from '../helpers/program.ts';

/** A company whose subgraphs are served over HTTP from this process, for gateways in processes of their own. */
export interface Stand {
  readonly company: FrontedCompany;
  readonly fronts: Fronted['fronts'];
  /** Starts a gateway. @param more further lines of its configuration @param node what Node is told */
  gateway(more?: string, node?: readonly string[]): Promise<Program>;
  close(): Promise<void>;
}

/** Opens the company and its fronts. */
export async function openStand(): Promise<Stand> {
  const company = await FrontedCompany.open();
  const { app, fronts } = await company.gateway();
  await app.close();
  const programs: Program[] = [];
  const start = async (config: string, node: readonly string[] = []) => {
    const program = await startProgram(company.company.folder, config, node);
    programs.push(program);
    return program;
  };
  return {
    company,
    fronts,
    gateway: (more = '', node = []) =>
      start(
        `subgraphSecret: ${SECRET}
cache: { answerSeconds: 0 }
directory: { url: "${fronts.directory.url}" }
documents: { url: "${fronts.documents.url}" }
forum: { url: "${fronts.forum.url}" }
log: { level: ${more.includes('supergraph:') ? 'info' : 'error'}, format: json }
${more}
`,
        node,
      ),
    async close() {
      for (const program of programs) {
        program.process.kill('SIGKILL');
        await program.ended;
      }
      await company.close();
    },
  };
}

/** A question that asks two subgraphs at once, and one of them for what belongs to things of the other. */
export const QUESTION = `query Load($first: Int!) {
  documents(first: $first) { totalCount edges { node { title author { person { name } } } } }
  conversations(first: $first) { totalCount }
}`;
