import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Pace } from './pace.ts';

/** How often is looked, in ms. */
const LOOK_EVERY_MS = 500;

const RESOLUTION_MS = 20;

/** Whether the process can keep up with what it is asked. */
export interface Load {
  isOver(): boolean;
  stop(): void;
}

/**
 * Watches how far the event loop lags behind, and how long work waits for its turn. One long step, such as planning a
 * large operation, is no overload: it is when the lag is above the limit twice in a row.
 */
export function watchLoad(limitMs: number, pace: Pace): Load {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let looksOver = 0;
  const timer = setInterval(() => {
    const loopMs = delays.count === 0 ? 0 : delays.mean / 1e6 - RESOLUTION_MS;
    delays.reset();
    looksOver = Math.max(loopMs, pace.lagMs) > limitMs ? looksOver + 1 : 0;
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    isOver: () => looksOver > 1,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
