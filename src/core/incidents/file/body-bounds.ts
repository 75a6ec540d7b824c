// Limits for an incident file's body, so that parsing never blocks others for long.
import { type CommentReading, readComments } from '../../text/comments.ts';

/** The longest body read as a whole, in characters and lines; of a longer one only the beginning is read. */
const MAX_BODY = 256_000;
const MAX_LINES = 20_000;
/** The most updates that are read: each is compared with all others. */
export const MAX_SECTIONS = 500;
/** The most headings that are examined: each may be an update. */
export const MAX_HEADINGS = 1000;

/** Where reading stops (line of the body, from 1), why, and what to do. */
export type ReadingStop = { readonly line: number; readonly what: string; readonly fix: string };

export function tooLong(line: number): ReadingStop | null {
  const what = `only its first ${MAX_BODY / 1000} KB, or ${MAX_LINES} lines, are read`;
  return { line, what, fix: 'shorten it' };
}

export function tooMany(line: number, most: number, things: string): ReadingStop {
  const what = `only its first ${most} ${things} are read`;
  return { line, what, fix: 'combine older ones under one heading' };
}

/** A body without its comments, cut at a line end where it is too long, never inside a comment. */
export function readBeginning(body: string): { readonly shown: CommentReading; readonly isWhole: boolean } {
  const text = beginningOf(body);
  if (text.length === body.length) return { shown: readComments(body), isWhole: true };
  const shown = readComments(text);
  const open = shown.unclosed[0];
  if (!open || !/--!?>/.test(body.slice(text.length))) return { shown, isWhole: false };
  const above = text.split('\n', open.line - 1).join('\n');
  return { shown: readComments(above), isWhole: false };
}

function beginningOf(body: string): string {
  let end = -1;
  for (let line = 0; line < MAX_LINES; line++) {
    const next = body.indexOf('\n', end + 1);
    if (next < 0 || next > MAX_BODY) {
      if (body.length <= MAX_BODY) return body;
      // Cut inside a line only if that line is nearly all of the text.
      return body.slice(0, end > MAX_BODY / 2 ? end : MAX_BODY);
    }
    end = next;
  }
  return body.slice(0, end);
}
