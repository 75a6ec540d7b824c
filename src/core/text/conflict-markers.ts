// Git conflict: a file that git left to whoever merges, with both sides in it.
import { errorAt, type Problem } from '../model/problem.ts';

// Whole lines, as git ends them: U+2028 begins none.
const BEGINS = /(?<![^\n])<{7}(?: [^\n]*)?(?![^\n])/;
const TURNS = /(?<![^\n])={7}\r?(?![^\n])/;
const ENDS = /(?<![^\n])>{7}(?: [^\n]*)?(?![^\n])/;

/** What is wrong with a text in which git left a conflict to whoever merges; null when it left none. */
export function gitConflict(text: string, where: string, firstLine = 1): Problem | null {
  const start = BEGINS.exec(text)?.index;
  if (start === undefined) return null;
  const middle = TURNS.exec(text.slice(start));
  if (!middle || !ENDS.test(text.slice(start + middle.index))) return null;
  const line = firstLine - 1 + text.slice(0, start).split(/\r\n?|\n/).length;
  const fix = 'write what is to stand, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`';
  return errorAt(where, 'the file holds both sides of a git conflict', fix, line);
}

/**
 * Whether a line, without its end, is a mark that git writes around the two sides of a conflict. `=======` alone is
 * also how markdown underlines a heading: `isHeading` when that is what it is.
 */
export function isMark(line: string, isHeading: boolean): boolean {
  return BEGINS.test(line) || ENDS.test(line) || (!isHeading && TURNS.test(line));
}
