// The tests that hold the rules of which the mutation run changes a line at a time: no build, no servers.
import { defineConfig } from 'vitest/config';

const RULES = ['page/uptime', 'page/compose', 'monitoring', 'notify'];

export default defineConfig({
  test: {
    include: RULES.map(name => `test/core/${name}{.test.ts,/*.test.ts}`),
    setupFiles: ['test/setup.ts'],
    // A mutant that loops is found by Stryker's own clock.
    testTimeout: 60_000,
  },
});
