// How the tests run: core, walks and guards everywhere; browser tests where Chromium is found.
import { defineConfig } from 'vitest/config';

/** Tests of pure rules: nothing one file does can be felt in another, so they share their modules. */
const RULES = ['test/core/**/*.test.ts', 'test/config/**/*.test.ts', 'test/guards/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The default leaves a core to whoever watches: on two that means one file after another.
    maxWorkers: 2,
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/setup.ts'],
    projects: [
      { extends: true, test: { name: 'rules', include: RULES, isolate: false } },
      { extends: true, test: { name: 'system', include: ['test/**/*.test.ts'], exclude: RULES } },
    ],
  },
});
