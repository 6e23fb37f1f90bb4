import { expect, vi } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { ShortWay } from '../../gateway/answering/short-way.ts';

/** A request to `/graphql`. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT';
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is text. */
  readonly body?: unknown;
}

/** What differs from request to request, whoever answers. */
const PASSING = ['x-request-id', 'date', 'age'] as const;

/** Two gateways over the same, one of which knows no short way. */
export interface TwoWays {
  readonly long: App;
  readonly short: App;
}

/** Counts what the short way answers from now on. */
export function countShort(): () => number {
  let count = 0;
  const answer = Reflect.get(ShortWay.prototype, 'answer');
  vi.spyOn(ShortWay.prototype, 'answer').mockImplementation(async function counted(this: ShortWay, ...given) {
    const answered = await answer.apply(this, given);
    if (answered) count++;
    return answered;
  });
  return () => count;
}

/** What a request is answered, but for what differs each time. */
export async function answerOf(app: App, { method = 'POST', url = '/graphql', headers = {}, body }: Ask) {
  const {
    statusCode,
    headers: answered,
    payload,
  } = await app.http.inject({
    method,
    url,
    headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const lasting = Object.entries(answered).filter(([name]) => !(PASSING as readonly string[]).includes(name));
  return { statusCode, headers: Object.fromEntries(lasting), isRemembered: 'age' in answered, payload };
}

/** Asks both several times over, and expects the same of them each time. */
export async function expectSame({ long, short }: TwoWays, ask: Ask, times = 3): Promise<void> {
  for (let time = 1; time <= times; time++) {
    expect(await answerOf(short, ask), `time ${time} of ${JSON.stringify(ask)}`).toEqual(await answerOf(long, ask));
  }
}
