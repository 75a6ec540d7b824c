// Git conflicts: detects a file with git's conflict markers.
import { errorAt, type Problem } from '../model/problem.ts';

// Whole lines, as in git: U+2028 is no line end.
const BEGINS = /(?<![^\n])<{7}(?: [^\n]*)?(?![^\n])/;
const TURNS = /(?<![^\n])={7}\r?(?![^\n])/;
const ENDS = /(?<![^\n])>{7}(?: [^\n]*)?(?![^\n])/;

/** The problem of a text with an unresolved git conflict; null when there is none. */
export function gitConflict(text: string, where: string, firstLine = 1): Problem | null {
  const start = BEGINS.exec(text)?.index;
  if (start === undefined) return null;
  const middle = TURNS.exec(text.slice(start));
  if (!middle || !ENDS.test(text.slice(start + middle.index))) return null;
  const line = firstLine - 1 + text.slice(0, start).split(/\r\n?|\n/).length;
  const fix = 'keep the right text, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`';
  return errorAt(where, 'the file contains both sides of a git conflict', fix, line);
}

/** Whether a line is one of git's conflict markers; a `=======` that underlines a heading (`isHeading`) is not. */
export function isConflictMarker(line: string, isHeading: boolean): boolean {
  return BEGINS.test(line) || ENDS.test(line) || (!isHeading && TURNS.test(line));
}
