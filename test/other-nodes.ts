// Runs tests with other lines of Node, whose programs come from npm: `npm run nodes [-- LINE… TEST…]`.
//
// Without arguments: the store, and the program and its package started and walked once, on each line that is supported.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const LINES = ['22', '24', 'latest'];
const TESTS = ['test/store', 'test/walks/process/process.test.ts', 'test/walks/process/package.test.ts'];

const isLine = (word: string) => /^(\d+|latest)$/.test(word);
const words = process.argv.slice(2);
const [lines, tests] = [words.filter(isLine), words.filter(word => !isLine(word))];

const failed = (lines.length > 0 ? lines : LINES).filter(line => {
  const node = programOf(line);
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stdout.write(`\nNode ${version}\n`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...(tests.length > 0 ? tests : TESTS)];
  return spawnSync(node, vitest, { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) process.stderr.write(`Failed on Node ${failed.join(', ')}.\n`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** The program of a line of Node, installed on first use. */
function programOf(line: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const home = path.resolve('node_modules/.cache/nodes', line);
  mkdirSync(home, { recursive: true });
  const install = ['install', '--no-save', '--no-audit', '--no-fund', '--silent', '--prefix', home];
  const { status } = spawnSync('npm', [...install, `${name}@${line}`], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm install ${name}@${line} failed with ${status}`);
  return path.join(home, 'node_modules', name, 'bin', 'node');
}
