#!/usr/bin/env node
// The command of the published package: alone, or with `start`, it starts the server in the current folder, with words it is the command line.
import '#fit';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// How messages name this command: as npx finds it from here, else as a command of the machine.
const above = folder =>
  path.dirname(folder) === folder ? [folder] : [folder, ...above(path.dirname(folder))];
const isLocal = above(process.cwd()).some(folder =>
  existsSync(path.join(folder, 'node_modules/.bin/status-live')),
);
process.env.STATUS_COMMAND ||=
  isLocal || process.env.npm_command === 'exec' ? 'npx status-live' : 'status-live';

const program = name => new URL(`../dist/${name}.js`, import.meta.url);
const words = process.argv.slice(2);
if (words.length > 0 && words.join(' ') !== 'start') await import(program('cli'));
else {
  // With the flags of `npm start`, in place of this process: its signals and its number stay. Node 22.15 and newer can, except
  // on Windows; elsewhere the server takes more memory.
  const main = [...process.execArgv, '--max-semi-space-size=4', fileURLToPath(program('main'))];
  if (process.platform !== 'win32')
    process.execve?.(process.execPath, [process.execPath, ...main], process.env);
  await import(program('main'));
}
