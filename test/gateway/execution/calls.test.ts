import { describe, expect, it } from 'vitest';
import { startClock } from '../../../gateway/execution/clock.ts';
import { readAnswer } from '../../../gateway/execution/subgraphs/answer.ts';
import { SubgraphFailure } from '../../../gateway/execution/subgraphs/client.ts';
import { Guard, Retryable } from '../../../gateway/execution/subgraphs/guard.ts';
import { JoinedCalls } from '../../../gateway/execution/subgraphs/joined-calls.ts';
import { ConfigFile } from '../../../gateway/config/schema.ts';

const down = () => new SubgraphFailure('SUBGRAPH_UNAVAILABLE', 'Down.');
const never = () => new AbortController().signal;
const DEFAULT_LIMITS = ConfigFile.parse({}).limits.subgraph;
const soon = () => ({ isRead: true, deadline: performance.now() + 60_000, signal: never() });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no failure',
    (error: unknown) => (error instanceof SubgraphFailure ? error.code : String(error)),
  );

describe('guard', () => {
  it('tries a read once more where nothing had come, a write never', async () => {
    const guard = new Guard('forum', DEFAULT_LIMITS);
    let calls = 0;
    const once = async () => {
      calls++;
      if (calls === 1) throw new Retryable(down());
      return 'answer';
    };
    expect(await guard.call(once, soon())).toBe('answer');
    calls = 0;
    expect(await codeOf(guard.call(once, { ...soon(), isRead: false }))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(calls).toBe(1);
  });

  it('does not try again past the deadline, nor what failed otherwise', async () => {
    const guard = new Guard('forum', DEFAULT_LIMITS);
    let calls = 0;
    const failing = (error: Error) => async () => {
      calls++;
      throw error;
    };
    const later = new Retryable(down(), 120_000);
    expect(await codeOf(guard.call(failing(later), soon()))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(await codeOf(guard.call(failing(down()), soon()))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(calls).toBe(2);
  });

  it('has a budget of retries, so that a subgraph in trouble is not asked twice by everybody', async () => {
    const guard = new Guard('forum', DEFAULT_LIMITS);
    let calls = 0;
    const once = async () => {
      calls++;
      // The second time works: too few calls fail for the circuit to open.
      if (calls % 2 === 1) throw new Retryable(down());
    };
    const asked = 16;
    let failed = 0;
    for (let index = 0; index < asked; index++) {
      calls = 0;
      if ((await codeOf(guard.call(once, soon()))) !== 'no failure') failed++;
    }
    expect(failed).toBeGreaterThan(0);
    expect(asked - failed).toBeGreaterThanOrEqual(10);
  });

  it('opens the circuit after many failures, and says so', async () => {
    const guard = new Guard('forum', DEFAULT_LIMITS);
    let calls = 0;
    const once = async () => {
      calls++;
      throw down();
    };
    expect(guard.circuit).toBe('closed');
    for (let index = 0; index < 60; index++) await codeOf(guard.call(once, soon()));
    expect(guard.circuit).toBe('open');
    const before = calls;
    expect(await codeOf(guard.call(once, soon()))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(calls).toBe(before);
  });

  it('does not open it for what the subgraph answers badly', async () => {
    const guard = new Guard('forum', DEFAULT_LIMITS);
    const once = async () => {
      throw new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', 'No JSON.');
    };
    for (let index = 0; index < 60; index++) await codeOf(guard.call(once, soon()));
    expect(guard.circuit).toBe('closed');
  });

  it('refuses what would have to wait behind too many', async () => {
    const guard = new Guard('forum', { ...DEFAULT_LIMITS, calls: 1, waiting: 1 });
    const gate = Promise.withResolvers<string>();
    const first = guard.call(() => gate.promise, soon());
    const second = guard.call(() => gate.promise, soon());
    expect(await codeOf(guard.call(() => gate.promise, soon()))).toBe('SUBGRAPH_BUSY');
    gate.resolve('answer');
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
  });
});

describe('joined calls', () => {
  it('are one call while it is under way, and another afterwards', async () => {
    const joined = new JoinedCalls<number>();
    let calls = 0;
    const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
    const make = () => gates[calls++]?.promise ?? Promise.reject(new Error('One call too many.'));
    const both = [joined.join('k', never(), make), joined.join('k', never(), make)];
    expect(calls).toBe(1);
    gates[0]?.resolve(1);
    expect(await Promise.all(both)).toEqual([1, 1]);
    const after = joined.join('k', never(), make);
    gates[1]?.resolve(2);
    expect(await after).toBe(2);
  });

  it('are apart for other keys, and without one', async () => {
    const joined = new JoinedCalls<number>();
    let calls = 0;
    const make = async () => ++calls;
    const all = [undefined, undefined, 'a', 'b'].map((key) => joined.join(key, never(), make));
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4]);
  });

  it('go on when one who waits leaves, and end when the last one does', async () => {
    const joined = new JoinedCalls<number>();
    const [one, other] = [new AbortController(), new AbortController()];
    let signal: AbortSignal | undefined;
    const gate = Promise.withResolvers<number>();
    const make = (given: AbortSignal) => {
      signal = given;
      return gate.promise;
    };
    const first = codeOf(joined.join('k', one.signal, make));
    const second = codeOf(joined.join('k', other.signal, make));
    one.abort(down());
    expect(await first).toBe('SUBGRAPH_UNAVAILABLE');
    expect(signal?.aborted).toBe(false);
    other.abort(down());
    expect(await second).toBe('SUBGRAPH_UNAVAILABLE');
    expect(signal?.aborted).toBe(true);
    // The call that was ended is not joined any more.
    expect(await joined.join('k', never(), async () => 5)).toBe(5);
    gate.resolve(1);
  });

  it('fail for all who wait', async () => {
    const joined = new JoinedCalls<number>();
    const make = () => Promise.reject(down());
    const all = [joined.join('k', never(), make), joined.join('k', never(), make)];
    expect(await Promise.all(all.map(codeOf))).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE']);
  });
});

describe('clock', () => {
  it('ends when the client leaves, or has left already', async () => {
    const client = new AbortController();
    const clock = startClock(client.signal, 60_000);
    expect(clock.signal.aborted).toBe(false);
    client.abort();
    expect(await codeOf(clock.over)).toBe('SUBGRAPH_TIMEOUT');
    expect(clock.signal.aborted).toBe(true);
    clock.stop();
    const late = startClock(client.signal, 60_000);
    expect(await codeOf(late.over)).toBe('SUBGRAPH_TIMEOUT');
    late.stop();
  });

  it('ends when the time is over, but not once stopped', async () => {
    const over = startClock(never(), 1);
    expect(await codeOf(over.over)).toBe('SUBGRAPH_TIMEOUT');
    const client = new AbortController();
    const stopped = startClock(client.signal, 60_000);
    stopped.stop();
    client.abort();
    expect(stopped.signal.aborted).toBe(false);
  });
});

describe('answers', () => {
  const read = (text: string, depth = 100) => {
    try {
      return readAnswer(text, 'forum', depth);
    } catch (error) {
      return error instanceof SubgraphFailure ? error.code : error;
    }
  };

  it('are GraphQL results, with odd errors left out', () => {
    expect(read('{"data":{"a":1}}')).toEqual({ data: { a: 1 }, errors: [], extensions: null });
    expect(read('{"errors":[{"message":"m"},7,null]}')).toMatchObject({ data: null, errors: [{ message: 'm' }] });
  });

  for (const text of ['', 'null', '[]', '7', '{"data":7}', '{"data":[]}', '{"data":{},"errors":{}}', '{"data":']) {
    it(`are refused: ${text}`, () => expect(read(text)).toBe('SUBGRAPH_BAD_RESPONSE'));
  }

  it('are refused when long and nested too deep; brackets in strings do not count', () => {
    const long = ' '.repeat(300_000);
    const nested = (depth: number) => `{"data":{"a":${'['.repeat(depth - 2)}${']'.repeat(depth - 2)}}}${long}`;
    expect(read(nested(100))).toHaveProperty('data');
    expect(read(nested(101))).toBe('SUBGRAPH_BAD_RESPONSE');
    expect(read(`{"data":{"a":"${'[{\\"'.repeat(200)}"}}${long}`)).toHaveProperty('data');
  });
});
