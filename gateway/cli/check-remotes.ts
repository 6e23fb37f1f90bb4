import { randomUUID } from 'node:crypto';
import { signRequest } from '../../subgraphs/kit/signing/signature.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../config/schema.ts';
import type { Check } from './checks.ts';

const DEADLINE_MS = 5_000;

/** The subgraphs that run elsewhere: whether they answer, and take what this gateway signs. */
export async function checkRemotes(config: Config): Promise<Check[]> {
  const checks = subgraphs.map(async ({ name }): Promise<Check[]> => {
    const { url } = config[name];
    if (url === undefined) return [];
    const answer = await checkAnswer(`subgraph ${name}`, url);
    return answer.status === 'ok' ? [answer, await checkSecret(name, url, config.subgraphSecret ?? '')] : [answer];
  });
  return (await Promise.all(checks)).flat();
}

async function checkAnswer(name: string, url: string): Promise<Check> {
  try {
    const { ok, status } = await fetch(new URL('/live', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (ok) return { name, status: 'ok', detail: `${url} answers.` };
    return { name, status: 'unknown', detail: `${url} answers with status ${status}.` };
  } catch {
    return { name, status: 'unknown', detail: `${url} does not answer.` };
  }
}

/** Asks next to nothing, in nobody's name. */
async function checkSecret(subgraph: string, url: string, secret: string): Promise<Check> {
  const name = `secret ${subgraph}`;
  const [method, path] = ['POST', '/graphql'];
  const body = JSON.stringify({ query: '{ __typename }' });
  const request = { subgraph, method, path, body, viewer: NOBODY, requestId: randomUUID() };
  try {
    const response = await fetch(new URL(path, url), {
      method,
      body,
      headers: { 'content-type': 'application/json', ...signRequest(request, secret) },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = (await response.text()).slice(0, 1_000);
    if (response.ok) return { name, status: 'ok', detail: `${url} takes what "subgraphSecret" signs.` };
    if (response.status !== 401) {
      return { name, status: 'unknown', detail: `${url} answers a signed request with status ${response.status}.` };
    }
    return { name, status: 'failed', detail: `${url} ${text.includes('too old') ? CLOCKS : refusalOf(subgraph)}` };
  } catch {
    return { name, status: 'unknown', detail: `${url} does not answer a signed request.` };
  }
}

const CLOCKS = 'takes the secret, but finds the signature too old or too new: set the clocks of both machines.';

function refusalOf(subgraph: string): string {
  return `refuses what "subgraphSecret" signs: give it the same secret there, or check that this is the subgraph ${subgraph}.`;
}
