// Encodings: detects text that is not UTF-8 by how its bytes look in UTF-8.
import { errorAt, type Problem, warningAt } from '../model/problem.ts';

/** UTF-16's byte order mark, with any character before the second zero byte. */
const MARK = /^\uFFFD{2}(?=\0|[^\0]\0)/;

/** The problem that a file is UTF-16 and unreadable; null for others. */
export function utf16Problem(text: string, where: string): Problem | null {
  const top = text.slice(0, 200);
  const isUtf16 = MARK.test(top) || (top.split('\0').length - 1) * 3 > top.length;
  return isUtf16 ? errorAt(where, 'it is UTF-16, so it cannot be read', 'save it as UTF-8', 1) : null;
}

/** The line, from 1, of the first character that is not UTF-8; null when there is none. */
export function strangeLine(text: string): number | null {
  return lineOf(text, '\uFFFD');
}

/** Warns of a part in another encoding within a text that is not UTF-16 as a whole: what a program appended. */
export function otherEncoding(text: string, where: string): Problem[] {
  const line = lineOf(text, '\0');
  if (line === null) return [];
  const what =
    'from here it is in another encoding, most likely UTF-16 (it has NUL bytes), and cannot be read';
  const fix = 'write that part anew, in UTF-8 (in PowerShell with `Add-Content -Encoding utf8`)';
  return [warningAt(where, what, fix, line)];
}

function lineOf(text: string, sign: string): number | null {
  const at = text.indexOf(sign);
  return at < 0 ? null : text.slice(0, at).split(/\r\n|\r|\n/).length;
}

/** Warns of characters in status.yaml that are not UTF-8; the file is used all the same. */
export function strangeCharacters(text: string, where: string): Problem[] {
  const line = utf16Problem(text, where) ? null : strangeLine(text);
  if (line === null) return [];
  const what = 'a character here is not UTF-8, and shows as \uFFFD';
  return [warningAt(where, what, 'save the file as UTF-8', line)];
}
