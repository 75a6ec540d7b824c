// Builds dist/: a file for each program, with the packages it uses. A thousand small files take a second to load.
//
// A current build is left alone, so it may be read-only; a new one replaces file by file under running servers.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

const PROGRAMS = ['src/main.ts', 'src/cli.ts', 'src/demo/demo.ts'];
/** What holds machine code, and clients that few sites need: loaded from node_modules when they are used. */
const APART = ['better-sqlite3', '@resvg/resvg-js', 'redis', 'pg', 'mysql2'];
/** What was built from what: a digest of each file, so that a copy of a build is as current, and half a one is not. */
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
  return [inputs, outputs].every(files => Object.keys(files).every(file => stampOf(file) === files[file]));
}

async function rebuild() {
  const { build } = await import('esbuild');
  process.stderr.write('Building the program…\n');
  const begun = Date.now();
  const { outputFiles, metafile } = await build({
    entryPoints: PROGRAMS,
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    // The text of an ES module is held at two bytes a letter, that of this form at one: see inAscii.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: APART,
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  const made = outputFiles.flatMap(({ path: file, text }) => [
    [path.relative('', file), inAscii(text)],
    [path.relative('', file).replace(/cjs$/, 'js'), starterOf(path.basename(file))],
  ]);
  for (const [file, contents] of made) {
    await mkdir(path.dirname(file), { recursive: true });
    replace(file, contents);
  }
  const inputs = ['build.js', 'package.json', ...Object.keys(metafile.inputs)];
  // What was changed during the build may have been read before: it is built once more at the next start.
  const stamp = file => (statSync(file).ctimeMs < begun ? stampOf(file) : 'changed meanwhile');
  const stamps = {
    inputs: Object.fromEntries(inputs.map(file => [file, stamp(file)])),
    outputs: Object.fromEntries(made.map(([file, contents]) => [file, digest(contents)])),
  };
  replace(STAMPS, JSON.stringify(stamps));
}

/**
 * With one letter beyond Latin-1, V8 holds all of a file at two bytes each: six megabytes more. What esbuild leaves of them
 * stands in comments, in patterns, and in String.raw of patterns, where an escape is the same.
 */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What is started: `import` would first search the whole bundle for its exports. */
function starterOf(bundle) {
  return `import { createRequire } from 'node:module';\n\ncreateRequire(import.meta.url)('./${bundle}');\n`;
}

/** Whoever starts, or builds, meanwhile finds the old file or the new one, never half of it. */
function replace(file, contents) {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}

function stampOf(file) {
  return existsSync(file) ? digest(readFileSync(file)) : 'gone';
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('base64');
}
