// Builds dist/: a file for each program, with the packages it uses. A thousand small files take a second to load.
//
// A current build is left alone, so it may be read-only; a new one replaces file by file under running servers.
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const PROGRAMS = ['src/main.ts', 'src/cli.ts', 'src/demo/demo.ts'];
/** What holds machine code, and clients that few sites need: loaded from node_modules when they are used. */
const APART = ['better-sqlite3', '@resvg/resvg-js', 'redis', 'pg', 'mysql2'];
/** What was built from what: size and time of each file. */
const STAMPS = 'dist/.built.json';

if (!isCurrent()) await rebuild();

function isCurrent() {
  if (!existsSync(STAMPS)) return false;
  const { inputs, outputs } = JSON.parse(readFileSync(STAMPS, 'utf8'));
  return (
    outputs.every(existsSync) && Object.entries(inputs).every(([file, stamp]) => stampOf(file) === stamp)
  );
}

async function rebuild() {
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
