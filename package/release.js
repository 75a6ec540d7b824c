// The changelog of a release. `npm version NUMBER` runs `check` and `cut`: what stands under "Unreleased" becomes the release.
// `node package/release.js notes 1.2.3` prints what a release brought, for its page.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'CHANGELOG.md';
const HEAD = '## Unreleased\n';

const deeds = { check, cut, notes };
deeds[process.argv[2]](process.argv[3] ?? process.env.npm_package_version);

/** Before anything is changed. */
function check() {
  if (!textOf(readFileSync(FILE, 'utf8'), 'Unreleased'))
    fail(`nothing stands under "${HEAD.trim()}": write what changed, then release`);
}

function cut(version) {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(FILE, readFileSync(FILE, 'utf8').replace(HEAD, `${HEAD}\n## ${version} - ${today}\n`));
}

function notes(version) {
  const found = textOf(readFileSync(FILE, 'utf8'), version);
  if (!found) fail(`there is no release ${version}: \`npm version ${version}\` makes it`);
  // The page of a release stands elsewhere than the file.
  process.stdout.write(`${found}\n`);
}

/** What stands under a release; empty if nothing does. */
function textOf(text, version) {
  const section = text.split(/^## /m).find(part => /^\S+/.exec(part)?.[0] === version);
  return section ? section.slice(section.indexOf('\n')).trim() : '';
}

function fail(why) {
  process.stderr.write(`${FILE}: ${why}\n`);
  process.exit(1);
}
