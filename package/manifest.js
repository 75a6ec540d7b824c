// Around `npm pack`: package.json is the published one while npm reads it, and the repository's again afterwards.
//
// npm reads package.json of the folder it packs, and nothing else. An interrupted pack runs no `postpack`: a watcher that gets
// the same signals puts the file back, or does so after a while if it got none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MANIFEST = 'package.json';
const KEPT = '.package.json.kept';
/** Far longer than npm takes, ms. */
const PATIENCE = 300_000;

const deeds = { publish, restore, watch };
await deeds[process.argv[2]]();

async function publish() {
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  // Another `npm pack` is at work here.
  if (!manifest.scripts) return;
  copyFileSync(MANIFEST, KEPT);
  const line = [fileURLToPath(import.meta.url), 'watch'];
  const watcher = spawn(process.execPath, line, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(watcher, 'message');
  watcher.disconnect();
  watcher.unref();
  const text = JSON.stringify(published(manifest), null, 2);
  writeFileSync(`${KEPT}.new`, `${text}\n`);
  renameSync(`${KEPT}.new`, MANIFEST);
}

/** What stands in dist/ is not installed once more. A registry ties a package to the repository whose workflow made it. */
function published({ private: _, scripts, devDependencies, allowScripts, overrides, ...manifest }) {
  const { GITHUB_REPOSITORY: repository } = process.env;
  const { 'better-sqlite3': sqlite, '@resvg/resvg-js': resvg } = manifest.dependencies;
  return {
    ...manifest,
    ...(repository && { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } }),
    engines: { node: '>=22' },
    config: { command: 'npx status-live' },
    dependencies: { 'better-sqlite3': sqlite },
    optionalDependencies: { '@resvg/resvg-js': resvg },
  };
}

function restore() {
  if (existsSync(KEPT)) return renameSync(KEPT, MANIFEST);
  process.stderr.write(
    'package.json was put back before npm had packed: the tarball may be wrong, pack again\n',
  );
  process.exitCode = 1;
}

function watch() {
  const putBack = () => {
    if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, putBack);
  setInterval(() => existsSync(KEPT) || process.exit(), 200);
  setTimeout(putBack, PATIENCE);
  process.send('ready');
}
