import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/helpers/skipped-reporter.ts';

/** One run of all tests: `npm test`. Files run side by side on two cores; servers of tests take free ports. */
export default defineConfig({
  // The bundler's eyes would take graphql's .mjs files, Apollo's packages take the .js ones: there must be one graphql.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/ad/**', '**/node_modules/**'],
    globalSetup: ['test/servers/real-setup.ts'],
    reporters: [...configDefaults.reporters, new SkippedReporter()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { APOLLO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    sequence: { shuffle: { tests: false, files: true } },
  },
});
