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
    env: {
      // The authority that tests make is not the user's.
      XDG_STATE_HOME: path.join(tmpdir(), 'devgateway-test-state'),
      // The container that cleans up after testcontainers would have to be fetched; ours end with their gateways.
      TESTCONTAINERS_RYUK_DISABLED: 'true',
    },
  },
});
