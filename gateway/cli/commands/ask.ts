import { readFileSync } from 'node:fs';
import { createLog } from '../../log.ts';
import { loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { Answer } from '../answer.ts';
import { answerLines } from '../answer-lines.ts';
import { askHttp, isListening, mayChooseViewer, Reply } from '../ask-http.ts';
import { UsageError, type Args } from '../command.ts';
import { printable } from '../text.ts';

const TOPIC = new URL('../../../schema/operations/topic.graphql', import.meta.url);

/** `atrium ask` */
export async function runAsk({ texts, numbers, switches, words }: Args): Promise<number> {
  const topic = words.join(' ').trim();
  if (topic === '') throw new UsageError('ask what? For example: atrium ask "TLS certificate rotation"');
  const question = {
    query: readFileSync(TOPIC, 'utf8'),
    variables: { query: topic, first: numbers.get('first') ?? 5 },
    as: texts.get('as'),
  };
  const given = texts.get('url');
  if (given !== undefined) return finish(await askHttp(graphqlUrl(given), question), switches);

  const config = await loadConfig({ file: texts.get('config'), env: process.env, cwd: process.cwd() });
  const url = graphqlUrl(`http://${hostOf(config.listen.host)}:${config.listen.port}`);
  if (config.listen.port !== 0 && (await isListening(url))) {
    const reply = await askHttp(url, question);
    if (question.as !== undefined && !(await mayChooseViewer(url, question.as))) {
      console.error(`This gateway does not let you ask in the name of ${question.as}: see "development.chooseViewer".`);
    }
    return finish(reply, switches);
  }
  const nobody = config.listen.port === 0 ? 'No port is configured' : `No gateway listens at ${url.origin}`;
  console.error(`${nobody}; answering from the stores in ${config.data}.`);
  return finish(await askHere(config, question), switches);
}

function finish(reply: Reply, switches: ReadonlySet<string>): number {
  const failed = reply.errors !== undefined && reply.errors.length > 0;
  if (switches.has('json')) console.log(JSON.stringify(reply, null, 2));
  else {
    const answer = Answer.safeParse(reply.data);
    if (answer.success) for (const line of answerLines(answer.data.topic)) console.log(line);
    else if (!failed) throw new Error('The answer is not that of an Atrium gateway; look at it with --json.');
    for (const { message } of reply.errors ?? []) console.error(`Error: ${printable(message)}`);
  }
  return failed ? 1 : 0;
}

async function askHere(
  config: Config,
  question: { query: string; variables: Record<string, unknown>; as: string | undefined },
): Promise<Reply> {
  const { createApp } = await import('../../app.ts');
  // What a server says of its requests is no part of an answer.
  const app = await createApp(config, { log: createLog({ ...config.log, level: 'error' }) });
  try {
    const { query, variables, as: viewer } = question;
    return Reply.parse(JSON.parse(JSON.stringify(await app.ask({ query, variables, viewer }))));
  } finally {
    await app.close();
  }
}

function graphqlUrl(address: string): URL {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError('"--url" must be an address: http://127.0.0.1:4000');
  if (url.pathname === '/') url.pathname = '/graphql';
  return url;
}

/** Where to reach what listens on every address. */
function hostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
