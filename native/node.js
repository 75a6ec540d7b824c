// What the program needs of Node. Kept to old syntax, so that an old Node can say what it lacks.
import { existsSync } from 'node:fs';

/** From here on the package of SQLite brings its machine code; older ones have it compiled on install. */
const PREBUILT = 22;
const at = file => new URL(`./node20/${file}`, import.meta.url);
/** The published package compiles nothing. */
const isPackage = !existsSync(at('package.json'));
/** Older ones of Node 20 lack what undici needs, and before 20.12 the reader of `.env`. */
const OLDEST = isPackage ? `${PREBUILT}` : '20.18.1';
const COMPILED = at('node_modules/better-sqlite3/build/Release/better_sqlite3.node');

const [major, minor, patch] = process.versions.node.split('.').map(Number);
const [first, second = 0, third = 0] = OLDEST.split('.').map(Number);

export const isTooOld = major !== first ? major < first : minor !== second ? minor < second : patch < third;

/** True for a Node whose SQLite is compiled on install. */
export const isCompiling = major < PREBUILT;

/** Why this Node cannot run the program, as a sentence with what to do; null if it can. */
export function unfit() {
  if (isTooOld) {
    const then = isPackage ? 'try again' : 'run `npm ci` again';
    return `Status Live needs Node ${OLDEST} or newer, and this is Node ${process.versions.node}: install Node ${PREBUILT} or newer, then ${then}.`;
  }
  if (isCompiling && !existsSync(COMPILED))
    return `SQLite is not compiled for Node ${process.versions.node}: use Node ${PREBUILT} or newer, which needs no compiler, or install Python 3, make and a C++ compiler, then run \`npm ci\` again.`;
  return null;
}
