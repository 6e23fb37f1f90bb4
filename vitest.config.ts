import { defineConfig } from 'vitest/config';

/** One run of all tests: `npm test`. Files run side by side on two cores; servers of tests take free ports. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { APOLLO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    sequence: { shuffle: { tests: false, files: true } },
  },
});
