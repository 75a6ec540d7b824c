// Git conflict: a file that git left to whoever merges, with both sides in it.
import type { Problem } from './problem.ts';

/** What is wrong with a text in which git left a conflict to whoever merges; null when it left none. */
export function gitConflict(text: string, where: string, firstLine = 1): (Problem & { line: number }) | null {
  const start = /^<{7}(?: .*)?\r?$/m.exec(text)?.index;
  if (start === undefined) return null;
  const middle = /^={7}\r?$/m.exec(text.slice(start));
  if (!middle || !/^>{7}(?: .*)?\r?$/m.test(text.slice(start + middle.index))) return null;
  return {
    level: 'error',
    where,
    line: firstLine - 1 + text.slice(0, start).split(/\r\n?|\n/).length,
    what: 'the file holds both sides of a git conflict',
    fix: 'write what is to stand, and delete the lines `<<<<<<<`, `=======` and `>>>>>>>`',
  };
}
