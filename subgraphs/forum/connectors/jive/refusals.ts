import { ConnectorError } from '../../../kit/errors.ts';
import type { HttpAnswer } from '../../../kit/http.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import { Refusal } from './shapes.ts';

/** Put before JSON so that no foreign page can run it as a script; newer releases leave it out. */
const PREFIX = /^\uFEFF?\s*throw 'allowIllegalResourceCall is false\.';\s*/;

/** Refusals of `X-Jive-Run-As`, by their numbers. What the first means is documented, of the others only that they are. */
const RUN_AS_OFF = 4048;
const RUN_AS_LAST = 4052;
const STRATEGIES = '`jive.api.run_as.strategies`';

/** The answer without what Jive puts before JSON. */
export function readJson(answer: HttpAnswer): HttpAnswer {
  return { ...answer, body: Buffer.from(answer.body.toString('utf8').replace(PREFIX, '')) };
}

/** What an answer that is none means, and what to change. */
export function explain(answer: HttpAnswer, what: string, base: string, source: string): ConnectorError {
  const { code, message } = saidIn(answer);
  const said = message === '' ? '' : ` (it says: ${message})`;
  const error = (kind: ConstructorParameters<typeof ConnectorError>[0], text: string): ConnectorError =>
    new ConnectorError(kind, `${source}: ${base} ${text}`);
  const number = Number(code);
  if (number === RUN_AS_OFF) {
    const off = 'has acting as others switched off (4048)';
    return error('MISCONFIGURED', `${off}; name the strategy of \`runAs\` in its system property ${STRATEGIES}${said}`);
  }
  if (number > RUN_AS_OFF && number <= RUN_AS_LAST) {
    const checks = `the account is a Full Access administrator, ${STRATEGIES} names the strategy of \`runAs\`, and who is acted as is enabled`;
    return error('MISCONFIGURED', `refuses to act as somebody else (${number}); see that ${checks}${said}`);
  }
  if (answer.status === 401)
    return error('UNAUTHORIZED', 'refuses the credentials; correct `user` and `password`, or `token`, which runs out');
  if (answer.status === 403)
    return error('FORBIDDEN', `does not let the account ${what}; make it a Full Access administrator${said}`);
  if (answer.status === 400)
    return error('BAD_RESPONSE', `does not take the request to ${what}; are all of \`types\` known there?${said}`);
  return error('BAD_RESPONSE', `answers with status ${answer.status}${said}`);
}

function saidIn(answer: HttpAnswer): { readonly code: string; readonly message: string } {
  if (answer.status < 400) return { code: '', message: '' };
  let value: unknown;
  try {
    value = JSON.parse(readJson(answer).body.toString('utf8'));
  } catch {
    // A page for browsers.
  }
  const { data } = Refusal.safeParse(value);
  const code = String(data?.error?.code ?? data?.code ?? '');
  return { code, message: cleanLine(data?.error?.message ?? '').slice(0, 200) };
}
