// Encodings: text that was saved as something else than UTF-8, told by what its bytes read as in UTF-8.
import { errorAt, type Problem, warningAt } from '../model/problem.ts';

/** The marks that begin UTF-16, and what else may stand before every second byte of it. */
const MARK = /^\uFFFD{2}(?=\0|[^\0]\0)/;

/** That a file is UTF-16, of which nothing can be read; null for any other. */
export function utf16Problem(text: string, where: string): Problem | null {
  const top = text.slice(0, 200);
  const isUtf16 = MARK.test(top) || (top.split('\0').length - 1) * 3 > top.length;
  return isUtf16 ? errorAt(where, 'it is UTF-16, so nothing of it can be read', 'save it as UTF-8', 1) : null;
}

/** The line, from 1, of the first character that is not UTF-8; null when there is none. */
export function strangeLine(text: string): number | null {
  const at = text.indexOf('\uFFFD');
  return at < 0 ? null : text.slice(0, at).split(/\r\n|\r|\n/).length;
}

/** That status.yaml holds characters that are not UTF-8: it is used all the same. */
export function strangeCharacters(text: string, where: string): Problem[] {
  const line = utf16Problem(text, where) ? null : strangeLine(text);
  if (line === null) return [];
  const what = 'a character here is not UTF-8, and shows as \uFFFD';
  return [warningAt(where, what, 'save the file as UTF-8', line)];
}
