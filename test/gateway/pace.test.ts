import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../gateway/http/pace.ts';

/** Longer than work is begun in one turn of the event loop. */
function work(): void {
  const end = performance.now() + 30;
  while (performance.now() < end);
}

describe('pace', () => {
  it('lets work begin at once while the turn of the event loop is young', async () => {
    const pace = new Pace();
    expect([pace.turn(), pace.turn()]).toEqual([undefined, undefined]);
    work();
    await setImmediate();
    expect(pace.turn()).toBeUndefined();
  });

  it('has what comes later in a turn wait for later ones, each for its own, in order', async () => {
    const pace = new Pace();
    const order: string[] = [];
    const begin = async (name: string) => {
      const turn = pace.turn();
      if (turn) await turn;
      order.push(name);
      work();
    };
    const all = Promise.all(['one', 'two', 'three'].map(begin));
    // Whatever the event loop has besides comes in between.
    await wait(1);
    order.push('timer');
    await all;
    expect(order.filter((each) => each !== 'timer')).toEqual(['one', 'two', 'three']);
    expect(order.at(-1)).not.toBe('timer');
  });

  it('tells how long the first of those who wait has waited', async () => {
    const pace = new Pace();
    expect(pace.lagMs).toBe(0);
    void pace.turn();
    work();
    const waits = pace.turn();
    work();
    expect(pace.lagMs).toBeGreaterThan(20);
    await waits;
    expect(pace.lagMs).toBe(0);
  });
});
