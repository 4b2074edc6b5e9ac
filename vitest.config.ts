import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/suites/**'],
    testTimeout: 20_000,
    pool: 'threads',
    maxWorkers: 2,
  },
});
