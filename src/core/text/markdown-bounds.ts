// How much of a markdown text is rendered: so much that it never takes longer than a few milliseconds.

/** Characters of a text that may mean something: each costs microseconds, others next to nothing. */
const MAX_MARKS = 5_000;
/** Characters of a text; of a longer one no more is shown anywhere. */
export const LONGEST = 100_000;
/** Cells of a table, were every line as wide as the widest: a short row is filled up with empty ones. */
const MAX_CELLS = 6_000;

/** Whether a text is rendered; one that is not is shown as it was written. Linear, and cheap. */
export function isBounded(markdown: string): boolean {
  if (markdown.length > LONGEST) return false;
  let marks = 0;
  let lines = 1;
  let pipes = 0;
  let widest = 0;
  for (let index = 0; index < markdown.length; index++) {
    const code = markdown.charCodeAt(index);
    if (code === 10) {
      lines++;
      pipes = 0;
    } else if (code === 124) widest = Math.max(widest, ++pipes);
    if (isMark(code)) marks++;
  }
  return marks <= MAX_MARKS && (widest === 0 || lines * (widest + 1) <= MAX_CELLS);
}

export function shownPart(markdown: string): string {
  return markdown.length > LONGEST
    ? `${markdown.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}…`
    : markdown;
}

/** Anything but letters, digits and blanks. */
function isMark(code: number): boolean {
  if (code === 32 || code > 127) return false;
  return !((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122));
}
