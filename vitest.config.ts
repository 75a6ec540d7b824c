// How the tests run: core, walks and guards everywhere; browser tests where Chromium is found.
import { defineConfig } from 'vitest/config';

/** Tests of pure rules. */
const RULES = ['test/core/**/*.test.ts', 'test/config/**/*.test.ts', 'test/guards/**/*.test.ts'];

/** Tests that start git hundreds of times: a small process starts another one faster. */
const GIT = ['test/walks/git/**/*.test.ts', 'test/walks/folder/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The default leaves a core to whoever watches. A walk waits for disk and peers for a third of its time, so two cores
    // serve three of them.
    maxWorkers: 3,
    globalSetup: ['test/build.ts', 'test/postgres-server.ts'],
    setupFiles: ['test/setup.ts'],
    // No module holds state, and a guard says so: files that share their modules load the program once.
    projects: [
      { extends: true, test: { name: 'rules', include: RULES, isolate: false } },
      { extends: true, test: { name: 'git', include: GIT } },
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], exclude: [...RULES, ...GIT], isolate: false },
      },
    ],
  },
});
