// Builds dist/: a file for each program, with the packages it uses. A thousand small files take a second to load.
//
// A current build is left alone, so it may be read-only; a new one replaces file by file under running servers.
import './native/fit.js';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

const PROGRAMS = ['src/main.ts', 'src/cli.ts', 'src/demo/demo.ts'];
/** How a program is started: Node takes compiled code only where the flags are the same. */
const FLAGS = { 'main.cjs': ['--max-semi-space-size=4'] };
/** What holds machine code: loaded from node_modules when it is used. */
const APART = ['#sqlite', '@resvg/resvg-js'];
/** Clients that few sites need: each is a file of its own, dist/NAME.cjs, loaded when it is used. */
const CLIENTS = ['redis', 'pg', 'mysql2'];
/** The texts of the packages inside. */
const LICENCES = 'dist/THIRD-PARTY-LICENSES.txt';
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
  const { licencesOf } = await import('./package/licences.js');
  process.stderr.write('Building the program…\n');
  const begun = Date.now();
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    // The text of an ES module is held at two bytes a letter, that of this form at one: see inAscii.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    metafile: true,
    write: false,
    logLevel: 'warning',
  };
  const programs = await build({
    ...common,
    entryPoints: PROGRAMS,
    outbase: 'src',
    outdir: 'dist',
    external: [...APART, '#dist/*'],
    alias: Object.fromEntries(CLIENTS.map(name => [name, `#dist/${name}.cjs`])),
    // The program is a function of its own, see starterOf: Node gives `import()` to files alone.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'moduleUrl' },
    // The semicolon keeps esbuild's "use strict" from the packages inside.
    banner: { js: '(function (require, moduleUrl, statusCommandLine) {;' },
    footer: { js: '})' },
  });
  const clients = await Promise.all(
    CLIENTS.map(name =>
      build({
        ...common,
        stdin: { contents: `module.exports = require('${name}')`, resolveDir: '.' },
        outfile: `dist/${name}.cjs`,
        // Asked for by pg in a `try`, and not installed.
        external: ['pg-native', 'pg-cloudflare'],
      }),
    ),
  );
  const made = programs.outputFiles.flatMap(({ path: file, text }) => [
    [path.relative('', file), inAscii(text)],
    [path.relative('', file).replace(/cjs$/, 'code'), compiled(inAscii(text), path.basename(file))],
    [path.relative('', file).replace(/cjs$/, 'js'), starterOf(path.basename(file, '.cjs'))],
  ]);
  for (const { path: file, text } of clients.flatMap(client => client.outputFiles))
    made.push([path.relative('', file), inAscii(text)]);
  const read = [programs, ...clients].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  made.push([LICENCES, licencesOf(read)]);
  for (const [file, contents] of made) {
    await mkdir(path.dirname(file), { recursive: true });
    replace(file, contents);
  }
  const inputs = ['build.js', 'package.json', ...read.filter(file => file !== '<stdin>')];
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

/** The compiled code of a program, behind the digest of its text: V8 itself compares the lengths of texts alone. */
function compiled(text, bundle) {
  const compile = `
    const text = require('node:fs').readFileSync(0, 'latin1');
    process.stdout.write(new (require('node:vm').Script)(text).createCachedData());`;
  const options = { input: text, maxBuffer: 2 ** 26 };
  const code = execFileSync(process.execPath, [...(FLAGS[bundle] ?? []), '-e', compile], options);
  return Buffer.concat([createHash('sha256').update(text).digest(), code]);
}

/**
 * What is started. Without fitting compiled code (another Node, other flags, the published package) the program is
 * compiled at each start.
 */
function starterOf(name) {
  return `import '#fit';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const at = ending => new URL('./${name}' + ending, import.meta.url);
const require = createRequire(at('.cjs'));
const bytes = readFileSync(at('.cjs'));
const code = existsSync(at('.code')) ? readFileSync(at('.code')) : Buffer.alloc(0);
const fits = createHash('sha256').update(bytes).digest().equals(code.subarray(0, 32));
const options = { filename: fileURLToPath(at('.cjs')), cachedData: fits ? code.subarray(32) : undefined };
const program = new Script(bytes.latin1Slice(), options).runInThisContext();
program(require, at('.cjs').href, process.env.STATUS_COMMAND || require('#package').config.command);
`;
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
