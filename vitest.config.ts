// How the tests run: core, walks and guards everywhere; browser tests where Chromium is found.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The default leaves a core to whoever watches: on two that means one file after another.
    maxWorkers: 2,
    setupFiles: ['test/setup.ts'],
  },
});
