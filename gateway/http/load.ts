import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often is looked, in ms. */
const LOOK_EVERY_MS = 500;

const RESOLUTION_MS = 20;

/** Whether the process can keep up with what it is asked. */
export interface Load {
  isOver(): boolean;
  stop(): void;
}

/**
 * Watches how far the event loop lags behind. One long step, such as planning a large operation, is no overload: it
 * is when the mean is above the limit twice in a row.
 */
export function watchLoad(limitMs: number): Load {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let looksOver = 0;
  const timer = setInterval(() => {
    const lag = delays.count === 0 ? 0 : delays.mean / 1e6 - RESOLUTION_MS;
    delays.reset();
    looksOver = lag > limitMs ? looksOver + 1 : 0;
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
