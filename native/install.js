// After `npm ci`: compiles SQLite where the Node is older than its prebuilt code. A failure to compile never fails the
// install: the start says what is missing.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isCompiling, isTooOld, unfit } from './node.js';

if (isCompiling && !isTooOld && unfit()) {
  process.stderr.write('compiling SQLite for this Node: a minute or more\n');
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const cwd = fileURLToPath(new URL('./node20/', import.meta.url));
  spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund'], { cwd, stdio: 'inherit' });
}
const sentence = unfit();
if (sentence) process.stderr.write(`${sentence}\n`);
if (isTooOld) process.exitCode = 1;
