import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/suites/**'],
    testTimeout: 20_000,
    pool: 'threads',
    maxWorkers: 2,
    // The authority that tests make is not the user's.
    env: { XDG_STATE_HOME: path.join(tmpdir(), 'devgateway-test-state') },
  },
});
