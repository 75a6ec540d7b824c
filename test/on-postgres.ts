// `npm run test:postgres [FILE …]`: the walks with PostgreSQL as their database.
import { spawnSync } from 'node:child_process';

/** What is about SQLite's file, or brings a database of its own. */
const NOT = ['process', 'upgrade', 'git', 'export', 'postgres'].map(folder => `test/walks/${folder}/**`);
const FILES = ['folder/new-database', 'folder/secret-lost', 'notify/channels-killed'].map(
  file => `test/walks/${file}.test.ts`,
);

const asked = process.argv.slice(2);
const { status } = spawnSync(
  'npx',
  [
    'vitest',
    'run',
    // Days that pass in a walk are thousands of rounds, each with its way to the server and back.
    '--testTimeout=180000',
    ...(asked.length > 0 ? asked : ['test/walks']),
    ...[...NOT, ...FILES].flatMap(one => ['--exclude', one]),
  ],
  { stdio: 'inherit', env: { ...process.env, WALKS_ON: 'postgres' } },
);
process.exit(status ?? 1);
