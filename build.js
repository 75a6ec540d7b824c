// Builds dist/: a file for each program, with the packages it uses. A thousand small files take a second to load.
//
// A current build is left alone, so it may be read-only; a new one replaces file by file under running servers.
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

const PROGRAMS = ['src/main.ts', 'src/cli.ts', 'src/demo/demo.ts'];
/** What holds machine code, and clients that few sites need: loaded from node_modules when they are used. */
const APART = ['better-sqlite3', '@resvg/resvg-js', 'redis', 'pg', 'mysql2'];
/** What was built from what: size and time of each file. */
const STAMPS = 'dist/.built.json';

try {
  if (!isCurrent()) await rebuild();
} catch (error) {
  const advice =
    error.code === 'ERR_MODULE_NOT_FOUND' ? 'run `npm ci` first' : 'let this user write to dist/';
  // What is wrong with a source has been said by then, with its line.
  if (!error.errors) process.stderr.write(`The program cannot be built: ${error.message} — ${advice}\n`);
  process.exitCode = 1;
}

function isCurrent() {
  let built;
  try {
    built = JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return false;
  }
  const { inputs, outputs } = built;
  return outputs.every(existsSync) && Object.keys(inputs).every(file => stampOf(file) === inputs[file]);
}

async function rebuild() {
  const { build } = await import('esbuild');
  process.stderr.write('Building the program…\n');
  const { outputFiles, metafile } = await build({
    entryPoints: PROGRAMS,
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: APART,
    // Packages in the older form call require().
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path: file, contents } of outputFiles) {
    await mkdir(path.dirname(file), { recursive: true });
    replace(file, contents);
  }
  const inputs = ['build.js', 'package.json', ...Object.keys(metafile.inputs)];
  const stamps = {
    inputs: Object.fromEntries(inputs.map(file => [file, stampOf(file)])),
    outputs: Object.keys(metafile.outputs),
  };
  replace(STAMPS, JSON.stringify(stamps));
}

/** Whoever starts meanwhile reads the old file or the new one, never half of it. */
function replace(file, contents) {
  writeFileSync(`${file}.new`, contents);
  renameSync(`${file}.new`, file);
}

function stampOf(file) {
  const facts = statSync(file, { throwIfNoEntry: false });
  return facts ? `${facts.size} ${facts.mtimeMs}` : 'gone';
}
