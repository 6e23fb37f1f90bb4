import { defineConfig } from 'vitest/config';
import shared from '../../vitest.config.ts';

/** `npm run test:ad`: against a real Active Directory schema, which takes Samba. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['test/ad/**/*.test.ts'],
    exclude: [],
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
