// Git conflicts: detects a file with git's conflict markers.
import { errorAt, type Problem } from '../model/problem.ts';

/** git writes more than seven in files renamed on both sides, in nested conflicts and by `conflict-marker-size`. */
const ANY = '{7,}';
const BEGINS = begins(ANY);
const TURNS = turns(ANY);
const ENDS = ends(ANY);

/** The problem of a text with an unresolved git conflict; null when there is none. */
export function gitConflict(text: string, where: string, firstLine = 1): Problem | null {
  const start = beginOf(text);
  if (start === null) return null;
  const line = firstLine - 1 + text.slice(0, start).split(/\r\n?|\n/).length;
  const fix = 'keep the right text, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`';
  return errorAt(where, 'the file contains both sides of a git conflict', fix, line);
}

/** Where the first conflict begins: its three markers have the same length. */
function beginOf(text: string): number | null {
  const tried = new Set<string>();
  for (const { 0: line, index } of text.matchAll(new RegExp(BEGINS, 'g'))) {
    const length = `{${/^<+/.exec(line)![0].length}}`;
    if (tried.has(length)) continue;
    tried.add(length);
    const rest = text.slice(index);
    const middle = turns(length).exec(rest);
    if (middle && ends(length).test(rest.slice(middle.index))) return index;
  }
  return null;
}

/** Whether a line is one of git's conflict markers; a `=======` that underlines a heading (`isHeading`) is not. */
export function isConflictMarker(line: string, isHeading: boolean): boolean {
  return BEGINS.test(line) || ENDS.test(line) || (!isHeading && TURNS.test(line));
}

// Whole lines, as in git: U+2028 is no line end.
function begins(length: string): RegExp {
  return new RegExp(`(?<![^\\n])<${length}(?: [^\\n]*)?(?![^\\n])`);
}

function turns(length: string): RegExp {
  return new RegExp(`(?<![^\\n])=${length}\\r?(?![^\\n])`);
}

function ends(length: string): RegExp {
  return new RegExp(`(?<![^\\n])>${length}(?: [^\\n]*)?(?![^\\n])`);
}
